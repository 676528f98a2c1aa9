#pragma once

#include <vector>

#include "comm/communicator.hpp"
#include "comm/session.hpp"
#include "tools/doctor/checks.hpp"

namespace tessera::doctor {

/// All checks that need no MPI_Init, of this process and the folder.
std::vector<Finding> examine_alone(const Target& target);

/// All checks, on all ranks of MPI_COMM_WORLD; the list is on rank 0. Collective. Fills in how many ranks and machines
/// there are.
std::vector<Finding> examine(const comm::Session& session, const comm::Communicator& comm, Target& target);

}  // namespace tessera::doctor
