#pragma once

#include <tessera/box.hpp>

#include "case.hpp"

namespace bench {

/// This rank's block of a process grid, without values; the first axis is split most. `shift` moves every border
/// between two blocks upwards by this many points, so that the blocks no longer follow the chunks.
Block block_of(const Case& what, int rank, int ranks, std::int64_t shift = 0);

/// Where its points go.
inline tessera::Box box_of(const Block& block) { return tessera::Box::at(block.lower, block.extents); }

}  // namespace bench
