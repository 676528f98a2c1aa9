#include "comm/mpi_environment.hpp"

#include "comm/check.hpp"

namespace tessera::comm {

MpiEnvironment::MpiEnvironment(int& argc, char**& argv) {
  check(MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided_), "MPI_Init_thread");
}

MpiEnvironment::~MpiEnvironment() { MPI_Finalize(); }

const char* MpiEnvironment::thread_level() const noexcept {
  switch (provided_) {
    case MPI_THREAD_SINGLE: return "single";
    case MPI_THREAD_FUNNELED: return "funneled";
    case MPI_THREAD_SERIALIZED: return "serialized";
    default: return "multiple";
  }
}

}  // namespace tessera::comm
