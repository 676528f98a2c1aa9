#pragma once

#include "case.hpp"

namespace bench {

/// This rank's block of a process grid, without values; the first axis is split most. `shift` moves every border
/// between two blocks upwards by so many points, so that blocks which follow the chunks do so no more.
Block block_of(const Case& what, int rank, int ranks, std::int64_t shift = 0);

}  // namespace bench
