#include "grid/gap.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/saturate.hpp"

namespace tessera::grid {

namespace {

/// The boxes' parts inside a region.
std::vector<Box> clipped(const std::vector<Box>& boxes, const Box& region) {
  std::vector<Box> parts;
  for (const Box& box : boxes) {
    Box part = intersection(box, region);
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

std::int64_t uncovered_cells(const Box& region, const std::vector<Box>& parts) {
  std::int64_t covered = 0;
  for (const Box& part : parts) covered = saturating_sum(covered, part.volume());
  return region.volume() - std::min(covered, region.volume());
}

struct Cut {
  std::size_t axis = 0;
  std::int64_t at = 0;
};

/// The face of a box that cuts the region most evenly. Some face does where the region is covered in part.
Cut most_even_cut(const Box& region, const std::vector<Box>& parts) {
  Cut best;
  double best_distance = 2;
  for (std::size_t axis = 0; axis < region.rank(); ++axis) {
    const std::int64_t lower = region.lower[axis];
    const std::int64_t upper = region.upper[axis];
    for (const Box& part : parts) {
      for (const std::int64_t face : {part.lower[axis], part.upper[axis]}) {
        if (face <= lower || face >= upper) continue;
        const double position = static_cast<double>(face - lower) / static_cast<double>(upper - lower);
        const double distance = std::abs(2 * position - 1);
        if (distance < best_distance) {
          best_distance = distance;
          best = {axis, face};
        }
      }
    }
  }
  return best;
}

/// Splits the region at faces until pieces are covered fully or not at all; keeps the largest that is not. Covered
/// pieces are dropped as soon as they arise, so that a single missing box among many is found in a few bisections.
void search(const Box& region, const std::vector<Box>& boxes, Box& largest) {
  const std::vector<Box> parts = clipped(boxes, region);
  if (uncovered_cells(region, parts) <= largest.volume()) return;
  if (parts.empty()) {
    largest = region;
    return;
  }
  const Cut cut = most_even_cut(region, parts);
  Box below = region;
  Box above = region;
  below.upper[cut.axis] = cut.at;
  above.lower[cut.axis] = cut.at;
  search(below, parts, largest);
  search(above, parts, largest);
}

/// Moves one face of the gap outwards to the nearest box or to the field's edge.
void grow(Box& gap, const Box& field, std::span<const OwnedBox> boxes, std::size_t axis, bool upwards) {
  Box reach = gap;
  (upwards ? reach.upper : reach.lower)[axis] = (upwards ? field.upper : field.lower)[axis];
  for (const OwnedBox& owned : boxes) {
    const Box common = intersection(owned.box, reach);
    if (common.empty()) continue;
    if (upwards) {
      reach.upper[axis] = common.lower[axis];
    } else {
      reach.lower[axis] = common.upper[axis];
    }
  }
  gap = reach;
}

}  // namespace

std::optional<Box> find_gap(const Box& field, std::span<const OwnedBox> boxes) {
  std::vector<Box> all;
  for (const OwnedBox& owned : boxes) all.push_back(owned.box);
  Box gap;
  search(field, all, gap);
  if (gap.empty()) return std::nullopt;
  for (std::size_t axis = 0; axis < field.rank(); ++axis) {
    grow(gap, field, boxes, axis, false);
    grow(gap, field, boxes, axis, true);
  }
  return gap;
}

}  // namespace tessera::grid
