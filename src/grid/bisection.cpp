#include "grid/bisection.hpp"

#include <algorithm>

#include "base/saturate.hpp"

namespace tessera::grid {

std::vector<BoxPart> parts_of(std::span<const Box> boxes) {
  std::vector<BoxPart> parts;
  parts.reserve(boxes.size());
  for (std::size_t number = 0; number < boxes.size(); ++number) {
    if (!boxes[number].empty()) parts.push_back({boxes[number], number});
  }
  return parts;
}

Box bounding_box(std::span<const BoxPart> parts) {
  Box bound = parts.front().box;
  for (const auto& [box, number] : parts) {
    for (std::size_t axis = 0; axis < bound.rank(); ++axis) {
      bound.lower[axis] = std::min(bound.lower[axis], box.lower[axis]);
      bound.upper[axis] = std::max(bound.upper[axis], box.upper[axis]);
    }
  }
  return bound;
}

std::int64_t cells_of(std::span<const BoxPart> parts) noexcept {
  std::int64_t cells = 0;
  for (const BoxPart& part : parts) cells = saturating_sum(cells, part.box.volume());
  return cells;
}

std::optional<Cut> best_cut(const Box& region, std::span<const BoxPart> parts) {
  std::optional<Cut> best;
  std::size_t larger_side = SIZE_MAX;
  std::vector<std::int64_t> faces;
  for (std::size_t axis = 0; axis < region.rank(); ++axis) {
    faces.clear();
    for (const auto& [box, number] : parts) {
      if (box.lower[axis] > region.lower[axis]) faces.push_back(box.lower[axis]);
      if (box.upper[axis] < region.upper[axis]) faces.push_back(box.upper[axis]);
    }
    if (faces.empty()) continue;
    const auto middle = faces.begin() + static_cast<std::ptrdiff_t>(faces.size() / 2);
    std::ranges::nth_element(faces, middle);
    std::size_t below = 0;
    std::size_t above = 0;
    for (const auto& [box, number] : parts) {
      below += box.lower[axis] < *middle ? 1 : 0;
      above += box.upper[axis] > *middle ? 1 : 0;
    }
    if (std::max(below, above) >= larger_side) continue;
    best = {axis, *middle};
    larger_side = std::max(below, above);
  }
  return best;
}

std::pair<Box, Box> divided(const Box& region, const Cut& cut) {
  std::pair<Box, Box> sides{region, region};
  sides.first.upper[cut.axis] = cut.at;
  sides.second.lower[cut.axis] = cut.at;
  return sides;
}

std::pair<std::vector<BoxPart>, std::vector<BoxPart>> divided(std::vector<BoxPart> parts, const Cut& cut) {
  std::pair<std::vector<BoxPart>, std::vector<BoxPart>> sides;
  for (const BoxPart& part : parts) {
    if (part.box.lower[cut.axis] < cut.at) {
      sides.first.push_back(part);
      sides.first.back().box.upper[cut.axis] = std::min(part.box.upper[cut.axis], cut.at);
    }
    if (part.box.upper[cut.axis] > cut.at) {
      sides.second.push_back(part);
      sides.second.back().box.lower[cut.axis] = std::max(part.box.lower[cut.axis], cut.at);
    }
  }
  return sides;
}

}  // namespace tessera::grid
