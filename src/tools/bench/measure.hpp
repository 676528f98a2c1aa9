#pragma once

#include "comm/communicator.hpp"
#include "tools/bench/results.hpp"

namespace tessera::tools {

/// Writes the same steps in several ways, one after the other, into files in a directory of its own, which goes at the
/// end. Collective. \returns what rank 0 has measured; on other ranks there are no numbers in it \throws Error on every
/// rank
BenchResults measure(const comm::Communicator& comm, const BenchRequest& request);

}  // namespace tessera::tools
