#pragma once

#include <span>

#include "base/affinity.hpp"
#include "comm/communicator.hpp"

namespace tessera::comm {

/// How many processors a rank has for itself when ranks that may run on the same ones share them evenly; at least 1.
/// Example: 4 ranks without binding on 16 processors have 4 each; 2 ranks bound to one each have 1.
/// \param all every rank's processors on the machine, this rank's among them
int fair_share(const CpuSet& own, std::span<const CpuSet> all) noexcept;

/// The same for this rank and all ranks of `comm` on its machine. Collective.
int processors_per_rank(const Communicator& comm);

}  // namespace tessera::comm
