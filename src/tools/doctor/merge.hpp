#pragma once

#include <span>
#include <string>
#include <vector>

#include "comm/communicator.hpp"
#include "tools/doctor/finding.hpp"

namespace tessera::doctor {

/// The findings of all ranks as one list: equal ones are one, with the ranks that have it, or no ranks where all that
/// made this check have it. In the order of the checks, within a check the worst first.
std::vector<Finding> merge(const std::vector<std::vector<Finding>>& by_rank);

/// All ranks' findings, merged, on rank 0; nothing on the others. Collective.
std::vector<Finding> gather(const comm::Communicator& comm, const std::vector<Finding>& own);

/// Findings as bytes and back.
std::string pack(const std::vector<Finding>& findings);
std::vector<std::vector<Finding>> unpack(std::string_view bytes);

}  // namespace tessera::doctor
