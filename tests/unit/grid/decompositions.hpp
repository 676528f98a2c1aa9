#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include <tessera/box.hpp>

#include "grid/owned_box.hpp"

/// \file
/// Fields cut into boxes: regular, uneven and random, for imaginary ranks.

namespace tessera::grid {

/// Calls `visit(cell)` for every cell of a box in row-major order.
template <class Visit>
void for_each_cell(const Box& box, const Visit& visit) {
  if (box.empty()) return;
  for (Index cell = box.lower;;) {
    visit(cell);
    std::size_t axis = cell.size();
    while (axis-- > 0) {
      if (++cell[axis] < box.upper[axis]) break;
      cell[axis] = box.lower[axis];
      if (axis == 0) return;
    }
  }
}

/// The whole field as a box.
Box whole(const Index& shape);

/// The number of a cell in row-major order.
std::int64_t row_major_number(const Index& shape, const Index& cell);

/// parts[0] x parts[1] x ... blocks, one per rank, in row-major order; blocks of an axis differ by one cell at most.
std::vector<OwnedBox> blocks(const Index& shape, const Index& parts);

/// The field cut at random faces into at least one and at most `count` boxes of `ranks` ranks that cover it.
std::vector<OwnedBox> random_cover(const Index& shape, int count, int ranks, std::mt19937& random);

/// The same without some of the boxes.
std::vector<OwnedBox> with_holes(std::vector<OwnedBox> boxes, std::mt19937& random);

/// A random shape of 1 to 4 axes with few enough cells to look at each.
Index random_shape(std::mt19937& random);

std::vector<Box> boxes_of(const std::vector<OwnedBox>& owned);

/// For every cell in row-major order the index of the box that covers it, -1 where none does.
std::vector<int> painted(const Index& shape, const std::vector<OwnedBox>& boxes);

}  // namespace tessera::grid
