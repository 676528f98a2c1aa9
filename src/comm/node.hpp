#pragma once

#include <span>

#include "base/affinity.hpp"
#include "comm/communicator.hpp"

namespace tessera::comm {

/// How many processors a rank has for itself when ranks that may run on the same ones share them evenly; at least 1.
/// Example: 4 ranks without binding on 16 processors have 4 each; 2 ranks bound to one each have 1.
/// \param all every rank's processors on the node, this rank's among them
int fair_share(const CpuSet& own, std::span<const CpuSet> all);

/// The same for this rank and all ranks of `comm` on its node. Collective.
int processors_per_rank(const Communicator& comm);

/// The ranks of `comm` on this rank's node, and the processors that they may run on.
struct Node {
  int rank = 0;  ///< this rank's number among them
  int ranks = 1;
  int first = 0;         ///< of them, its rank in the communicator
  int nodes = 1;         ///< of all ranks of the communicator
  int processors = 1;    ///< of any of them
  int share = 1;         ///< this rank's fair share of them
  bool crowded = false;  ///< the share of one of them, by its binding, is less than a whole one
};
/// All of it but how many nodes there are. Collective.
Node query_own_node(const Communicator& comm);
/// Collective; what comes last knows no limit.
Node query_node(const Communicator& comm);

}  // namespace tessera::comm
