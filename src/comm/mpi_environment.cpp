#include "comm/mpi_environment.hpp"

#include "comm/check.hpp"

namespace tessera::comm {

MpiEnvironment::MpiEnvironment(int& argc, char**& argv) {
  check(MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided_), "MPI_Init_thread");
}

MpiEnvironment::~MpiEnvironment() { MPI_Finalize(); }

}  // namespace tessera::comm
