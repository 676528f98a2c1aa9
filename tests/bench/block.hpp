#pragma once

#include <cstdint>
#include <vector>

#include <tessera/box.hpp>

#include "case.hpp"

namespace bench {

/// This rank's block of a process grid, without values; the first axis is split most. `shift` moves every border
/// between two blocks upwards by this many points, so that the blocks no longer follow the chunks.
Block block_of(const Case& what, int rank, int ranks, std::int64_t shift = 0);

/// Where its points go.
inline tessera::Box box_of(const Block& block) { return tessera::Box::at(block.lower, block.extents); }

/// What a rank of MPI_COMM_WORLD has of a cube.
struct OwnPart {
  int rank = 0;
  int ranks = 1;
  tessera::Box box;
  std::vector<double> values;  ///< of turbulence at time 0
};
/// \param edge points of the cube along an axis \param shift as in block_of
OwnPart own_part(std::int64_t edge, std::int64_t shift = 0);

}  // namespace bench
