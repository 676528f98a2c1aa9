#include "grid/any_overlap.hpp"

#include <algorithm>
#include <vector>

#include "base/saturate.hpp"

namespace tessera::grid {

namespace {

/// Up to this many boxes are compared pair by pair.
constexpr std::size_t few = 12;

bool share_cells(const Box& a, const Box& b) noexcept {
  for (std::size_t axis = 0; axis < a.rank(); ++axis) {
    if (std::max(a.lower[axis], b.lower[axis]) >= std::min(a.upper[axis], b.upper[axis])) return false;
  }
  return true;
}

bool any_pair(const std::vector<Box>& boxes) {
  for (std::size_t second = 1; second < boxes.size(); ++second) {
    for (std::size_t first = 0; first < second; ++first) {
      if (share_cells(boxes[first], boxes[second])) return true;
    }
  }
  return false;
}

Box bounding_box(const std::vector<Box>& boxes) {
  Box bound = boxes.front();
  for (const Box& box : boxes) {
    for (std::size_t axis = 0; axis < bound.rank(); ++axis) {
      bound.lower[axis] = std::min(bound.lower[axis], box.lower[axis]);
      bound.upper[axis] = std::max(bound.upper[axis], box.upper[axis]);
    }
  }
  return bound;
}

struct Cut {
  std::size_t axis = 0;
  std::int64_t at = 0;
  std::size_t larger_side = SIZE_MAX;  ///< boxes on the side that has more of them
};

/// The middle one of the faces inside the region, on the axis where that divides the boxes best.
Cut best_cut(const Box& region, const std::vector<Box>& boxes) {
  Cut best;
  std::vector<std::int64_t> faces;
  for (std::size_t axis = 0; axis < region.rank(); ++axis) {
    faces.clear();
    for (const Box& box : boxes) {
      if (box.lower[axis] > region.lower[axis]) faces.push_back(box.lower[axis]);
      if (box.upper[axis] < region.upper[axis]) faces.push_back(box.upper[axis]);
    }
    if (faces.empty()) continue;
    const auto middle = faces.begin() + static_cast<std::ptrdiff_t>(faces.size() / 2);
    std::ranges::nth_element(faces, middle);
    std::size_t below = 0;
    std::size_t above = 0;
    for (const Box& box : boxes) {
      below += box.lower[axis] < *middle ? 1 : 0;
      above += box.upper[axis] > *middle ? 1 : 0;
    }
    if (std::max(below, above) < best.larger_side) best = {axis, *middle, std::max(below, above)};
  }
  return best;
}

bool search(std::vector<Box> boxes) {
  if (boxes.size() <= few) return any_pair(boxes);
  const Box region = bounding_box(boxes);
  std::int64_t cells = 0;
  for (const Box& box : boxes) cells = saturating_sum(cells, box.volume());
  if (cells > region.volume()) return true;
  // Boxes that all fill the region were found by their volume, so there is a face inside.
  const Cut cut = best_cut(region, boxes);
  std::vector<Box> below;
  std::vector<Box> above;
  for (const Box& box : boxes) {
    if (box.lower[cut.axis] < cut.at) {
      below.push_back(box);
      below.back().upper[cut.axis] = std::min(box.upper[cut.axis], cut.at);
    }
    if (box.upper[cut.axis] > cut.at) {
      above.push_back(box);
      above.back().lower[cut.axis] = std::max(box.lower[cut.axis], cut.at);
    }
  }
  std::vector<Box>().swap(boxes);
  return search(std::move(below)) || search(std::move(above));
}

}  // namespace

bool any_overlap(std::span<const Box> boxes) {
  std::vector<Box> parts;
  std::ranges::copy_if(boxes, std::back_inserter(parts), [](const Box& box) { return !box.empty(); });
  return search(std::move(parts));
}

}  // namespace tessera::grid
