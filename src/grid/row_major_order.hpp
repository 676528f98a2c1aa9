#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <tessera/box.hpp>

namespace tessera::grid {

/// Where the cells of one part of a box go in a buffer: cell c of `part` (global index) lies at
/// `offset` + sum over axes of (c - part.lower) * strides, counted in cells.
struct Placement {
  std::size_t box = 0;
  Box part;
  std::int64_t offset = 0;
  Index strides;
};

/// The order in which HDF5 walks a union of boxes: row-major over the global index, whatever the order of the boxes.
/// A buffer packed by these placements is what a file selection of the same boxes takes from contiguous memory.
///
/// The boxes do not overlap; empty ones are left out. Placements come in the order of their offsets; a box has one, or
/// more where its neighbours change from row to row. Example: columns [0:2, 0:1] and [0:2, 1:3] of a 2 x 3 field
/// interleave: box 0 has offset 0 and strides (3, 1), box 1 offset 1 and strides (3, 1).
std::vector<Placement> row_major_order(std::span<const Box> boxes);

}  // namespace tessera::grid
