#include "grid/chunk_grid.hpp"

#include <algorithm>

namespace tessera::grid {

Index ChunkGrid::counts() const {
  Index result = shape;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) result[axis] = (shape[axis] - 1) / chunk[axis] + 1;
  return result;
}

Box ChunkGrid::cells_of(std::uint64_t number) const {
  const Index count = counts();
  Box box{shape, shape};
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    const auto along = static_cast<std::uint64_t>(count[axis]);
    box.lower[axis] = static_cast<std::int64_t>(number % along) * chunk[axis];
    box.upper[axis] = std::min(box.lower[axis] + chunk[axis], shape[axis]);
    number /= along;
  }
  return box;
}

std::int64_t ChunkGrid::chunk_volume() const {
  std::int64_t cells = 1;
  for (const std::int64_t extent : chunk) cells *= extent;
  return cells;
}

void ChunkGrid::for_each(const Box& box, const std::function<void(std::uint64_t, const Box&)>& visit) const {
  if (box.empty()) return;
  const Index count = counts();
  Index first = box.lower;
  Index last = box.upper;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    first[axis] /= chunk[axis];
    last[axis] = (last[axis] - 1) / chunk[axis];
  }
  Index at = first;
  while (true) {
    std::uint64_t number = 0;
    Box part = box;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      number = number * static_cast<std::uint64_t>(count[axis]) + static_cast<std::uint64_t>(at[axis]);
      part.lower[axis] = std::max(box.lower[axis], at[axis] * chunk[axis]);
      part.upper[axis] = std::min(box.upper[axis], (at[axis] + 1) * chunk[axis]);
    }
    visit(number, part);
    std::size_t axis = shape.size();
    while (axis > 0 && at[axis - 1] == last[axis - 1]) {
      at[axis - 1] = first[axis - 1];
      --axis;
    }
    if (axis == 0) return;
    ++at[axis - 1];
  }
}

}  // namespace tessera::grid
