#include "decompositions.hpp"

#include <algorithm>

namespace tessera::grid {

namespace {

std::int64_t uniform(std::int64_t lowest, std::int64_t highest, std::mt19937& random) {
  return std::uniform_int_distribution<std::int64_t>(lowest, highest)(random);
}

}  // namespace

Box whole(const Index& shape) { return Box::at(Index::filled(shape.size(), 0), shape); }

std::int64_t row_major_number(const Index& shape, const Index& cell) {
  std::int64_t number = 0;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) number = number * shape[axis] + cell[axis];
  return number;
}

std::vector<OwnedBox> blocks(const Index& shape, const Index& parts) {
  std::vector<OwnedBox> result;
  for_each_cell(whole(parts), [&](const Index& block) {
    Box box{block, block};
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      box.lower[axis] = shape[axis] * block[axis] / parts[axis];
      box.upper[axis] = shape[axis] * (block[axis] + 1) / parts[axis];
    }
    result.push_back({box, static_cast<int>(result.size()), 0});
  });
  return result;
}

std::vector<OwnedBox> random_cover(const Index& shape, int count, int ranks, std::mt19937& random) {
  std::vector<Box> boxes{whole(shape)};
  for (int cut = 1; cut < count; ++cut) {
    Box& box = boxes[static_cast<std::size_t>(uniform(0, static_cast<std::int64_t>(boxes.size()) - 1, random))];
    const auto axis = static_cast<std::size_t>(uniform(0, static_cast<std::int64_t>(shape.size()) - 1, random));
    if (box.extents()[axis] < 2) continue;
    Box upper = box;
    upper.lower[axis] = box.upper[axis] = uniform(box.lower[axis] + 1, box.upper[axis] - 1, random);
    boxes.push_back(upper);
  }
  std::ranges::shuffle(boxes, random);
  std::vector<OwnedBox> result;
  for (const Box& box : boxes) {
    result.push_back({box, static_cast<int>(uniform(0, ranks - 1, random)), static_cast<int>(result.size())});
  }
  return result;
}

std::vector<OwnedBox> with_holes(std::vector<OwnedBox> boxes, std::mt19937& random) {
  std::erase_if(boxes, [&](const OwnedBox&) { return uniform(0, 3, random) == 0; });
  return boxes;
}

Index random_shape(std::mt19937& random) {
  const std::int64_t largest[] = {200, 20, 10, 6};
  const auto axes = static_cast<std::size_t>(uniform(1, 4, random));
  Index shape;
  for (std::size_t axis = 0; axis < axes; ++axis) shape.push_back(uniform(1, largest[axes - 1], random));
  return shape;
}

std::vector<Box> boxes_of(const std::vector<OwnedBox>& owned) {
  std::vector<Box> result;
  for (const OwnedBox& box : owned) result.push_back(box.box);
  return result;
}

std::vector<int> painted(const Index& shape, const std::vector<OwnedBox>& boxes) {
  std::vector<int> colours(static_cast<std::size_t>(whole(shape).volume()), -1);
  for (std::size_t box = 0; box < boxes.size(); ++box) {
    for_each_cell(boxes[box].box, [&](const Index& cell) {
      colours[static_cast<std::size_t>(row_major_number(shape, cell))] = static_cast<int>(box);
    });
  }
  return colours;
}

}  // namespace tessera::grid
