#include "grid/overlap.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

namespace tessera::grid {

namespace {

bool share_cells(const Box& a, const Box& b) noexcept {
  for (std::size_t axis = 0; axis < a.rank(); ++axis) {
    if (std::max(a.lower[axis], b.lower[axis]) >= std::min(a.upper[axis], b.upper[axis])) return false;
  }
  return a.rank() > 0;
}

auto key(const OwnedBox& box) noexcept { return std::tie(box.rank, box.number); }

bool comes_before(const Overlap& a, const Overlap& b) noexcept {
  return std::tuple_cat(key(a.first), key(a.second)) < std::tuple_cat(key(b.first), key(b.second));
}

Box bounding_box(std::span<const OwnedBox> boxes) {
  Box bound;
  for (const OwnedBox& owned : boxes) {
    if (owned.box.empty()) continue;
    if (bound.rank() == 0) bound = owned.box;
    for (std::size_t axis = 0; axis < bound.rank(); ++axis) {
      bound.lower[axis] = std::min(bound.lower[axis], owned.box.lower[axis]);
      bound.upper[axis] = std::max(bound.upper[axis], owned.box.upper[axis]);
    }
  }
  return bound;
}

}  // namespace

std::optional<Overlap> find_overlap(std::span<const OwnedBox> own, std::span<const OwnedBox> all) {
  // Most boxes are nowhere near ours: one pass over all of them leaves little for the quadratic part.
  const Box bound = bounding_box(own);
  std::vector<const OwnedBox*> near;
  for (const OwnedBox& other : all) {
    if (share_cells(bound, other.box)) near.push_back(&other);
  }
  std::optional<Overlap> result;
  for (const OwnedBox& mine : own) {
    for (const OwnedBox* other : near) {
      if (!share_cells(mine.box, other->box) || key(mine) == key(*other)) continue;
      const auto [first, second] = std::minmax(mine, *other, [](auto& a, auto& b) { return key(a) < key(b); });
      const Overlap found{first, second, intersection(first.box, second.box)};
      if (!result || comes_before(found, *result)) result = found;
    }
  }
  return result;
}

}  // namespace tessera::grid
