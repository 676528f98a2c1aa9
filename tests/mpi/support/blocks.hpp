#pragma once

#include <vector>

#include <tessera/box.hpp>

/// \file
/// Ways to share a field among ranks. Every rank works out all ranks' boxes, since the manifest names them all.

namespace tessera_test {

/// Boxes per rank.
using Blocks = std::vector<std::vector<tessera::Box>>;

/// Slabs along one axis, as even as possible: 100 over 3 ranks is 34, 33, 33. Where there are fewer layers than ranks
/// the last ranks have an empty box.
Blocks slabs(const tessera::Index& shape, int ranks, std::size_t axis = 0);

/// A process grid over all axes, ranks spread like MPI_Dims_create: 4 ranks on 3 axes are 2 x 2 x 1.
Blocks bricks(const tessera::Index& shape, int ranks);

/// Rank r has the layers r, r + ranks, r + 2 * ranks... of an axis, each a box of its own.
Blocks interleaved(const tessera::Index& shape, int ranks, std::size_t axis);

/// Small cubes of `edge` cells, dealt out to the ranks like the colours of a checkerboard.
Blocks checkerboard(const tessera::Index& shape, int ranks, std::int64_t edge);

/// Everything on one rank; the others have no box at all.
Blocks all_on(const tessera::Index& shape, int ranks, int owner);

/// Slabs of very different widths: rank r has r + 1 parts of the axis.
Blocks uneven_slabs(const tessera::Index& shape, int ranks, std::size_t axis = 0);

/// The boxes of all ranks.
std::vector<tessera::Box> flat(const Blocks& blocks);

}  // namespace tessera_test
