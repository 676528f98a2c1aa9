#pragma once

#include <vector>

#include "comm/communicator.hpp"
#include "comm/mpi_environment.hpp"
#include "tools/doctor/checks.hpp"

namespace tessera::doctor {

/// All checks that need no MPI_Init, of this process and the directory.
std::vector<Finding> examine_alone(const Target& target);

/// All checks, on all ranks of MPI_COMM_WORLD; the list is on rank 0. Collective. Fills in how many ranks and nodes
/// there are.
std::vector<Finding> examine(const comm::MpiEnvironment& environment, const comm::Communicator& comm, Target& target);

}  // namespace tessera::doctor
