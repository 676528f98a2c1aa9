#include "grid/merged_boxes.hpp"

#include <algorithm>

namespace tessera::grid {

namespace {

/// Orders boxes by rank and by everything but `axis`, then along `axis`: boxes that can be joined become neighbours.
bool comes_before(const OwnedBox& a, const OwnedBox& b, std::size_t axis) {
  if (a.rank != b.rank) return a.rank < b.rank;
  for (std::size_t other = 0; other < a.box.rank(); ++other) {
    if (other == axis) continue;
    if (a.box.lower[other] != b.box.lower[other]) return a.box.lower[other] < b.box.lower[other];
    if (a.box.upper[other] != b.box.upper[other]) return a.box.upper[other] < b.box.upper[other];
  }
  return a.box.lower[axis] < b.box.lower[axis];
}

bool joinable(const OwnedBox& a, const OwnedBox& b, std::size_t axis) {
  if (a.rank != b.rank || a.box.upper[axis] != b.box.lower[axis]) return false;
  Box shifted = b.box;
  shifted.lower[axis] = a.box.lower[axis];
  shifted.upper[axis] = a.box.upper[axis];
  return shifted == a.box;
}

void merge_along(std::vector<OwnedBox>& boxes, std::size_t axis) {
  std::ranges::sort(boxes, [axis](const OwnedBox& a, const OwnedBox& b) { return comes_before(a, b, axis); });
  std::size_t kept = 0;
  for (std::size_t next = 1; next < boxes.size(); ++next) {
    if (joinable(boxes[kept], boxes[next], axis)) {
      boxes[kept].box.upper[axis] = boxes[next].box.upper[axis];
    } else {
      boxes[++kept] = boxes[next];
    }
  }
  boxes.resize(std::min(boxes.size(), kept + 1));
}

}  // namespace

std::vector<OwnedBox> merged_boxes(std::span<const OwnedBox> boxes) {
  std::vector<OwnedBox> result;
  for (const OwnedBox& owned : boxes) {
    if (!owned.box.empty()) result.push_back({owned.box, owned.rank, 0});
  }
  const std::size_t axes = result.empty() ? 0 : result.front().box.rank();
  for (std::size_t axis = axes; axis-- > 0;) merge_along(result, axis);
  return result;
}

}  // namespace tessera::grid
