#include <tessera/error.hpp>

namespace tessera {

const char* to_string(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_argument: return "invalid_argument";
    case ErrorCode::ranks_disagree: return "ranks_disagree";
    case ErrorCode::out_of_bounds: return "out_of_bounds";
    case ErrorCode::overlap: return "overlap";
    case ErrorCode::not_covered: return "not_covered";
    case ErrorCode::shape_mismatch: return "shape_mismatch";
    case ErrorCode::type_mismatch: return "type_mismatch";
    case ErrorCode::name_in_use: return "name_in_use";
    case ErrorCode::wrong_order: return "wrong_order";
    case ErrorCode::file_exists: return "file_exists";
    case ErrorCode::storage: return "storage";
    case ErrorCode::not_initialized: return "not_initialized";
    case ErrorCode::out_of_memory: return "out_of_memory";
    case ErrorCode::abandoned: return "abandoned";
    case ErrorCode::hdf5: return "hdf5";
    case ErrorCode::mpi: return "mpi";
    case ErrorCode::internal: return "internal";
    case ErrorCode::rank_missing: return "rank_missing";
    case ErrorCode::wrong_thread: return "wrong_thread";
    case ErrorCode::not_found: return "not_found";
  }
  return "unknown";
}

}  // namespace tessera
