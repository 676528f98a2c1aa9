#include "comm/session.hpp"

#include "comm/check.hpp"

namespace tessera::comm {

Session::Session(int& argc, char**& argv) {
  check(MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided_), "MPI_Init_thread");
}

Session::~Session() { MPI_Finalize(); }

const char* Session::thread_level() const noexcept {
  switch (provided_) {
    case MPI_THREAD_SINGLE: return "single";
    case MPI_THREAD_FUNNELED: return "funneled";
    case MPI_THREAD_SERIALIZED: return "serialized";
    default: return "multiple";
  }
}

}  // namespace tessera::comm
