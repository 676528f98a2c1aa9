#include "grid/any_overlap.hpp"

#include <algorithm>
#include <vector>

#include "grid/bisection.hpp"

namespace tessera::grid {

namespace {

using Pair = std::optional<std::pair<std::size_t, std::size_t>>;

/// Up to this many boxes are compared pair by pair.
constexpr std::size_t few = 12;

bool share_cells(const Box& a, const Box& b) noexcept {
  for (std::size_t axis = 0; axis < a.rank(); ++axis) {
    if (std::max(a.lower[axis], b.lower[axis]) >= std::min(a.upper[axis], b.upper[axis])) return false;
  }
  return true;
}

Pair first_pair(const std::vector<BoxPart>& parts) {
  for (std::size_t second = 1; second < parts.size(); ++second) {
    for (std::size_t first = 0; first < second; ++first) {
      if (share_cells(parts[first].box, parts[second].box)) return std::pair(parts[first].number, parts[second].number);
    }
  }
  return {};
}

/// In a region that has less cells than the parts in it: one of its sides is such a region, too.
Pair pair_in_overfull(Box region, std::vector<BoxPart> parts) {
  while (parts.size() > few) {
    const auto cut = best_cut(region, parts);
    if (!cut) break;  // all are the region
    auto [below, above] = divided(region, *cut);
    auto [lower, upper] = divided(std::move(parts), *cut);
    const bool is_below = cells_of(lower) > below.volume();
    region = is_below ? below : above;
    parts = std::move(is_below ? lower : upper);
  }
  return first_pair(parts);
}

Pair search(std::vector<BoxPart> parts) {
  if (parts.size() <= few) return first_pair(parts);
  const Box region = bounding_box(parts);
  if (cells_of(parts) > region.volume()) return pair_in_overfull(region, std::move(parts));
  const auto cut = best_cut(region, parts);
  if (!cut) return first_pair(parts);
  auto [lower, upper] = divided(std::move(parts), *cut);
  const Pair found = search(std::move(lower));
  return found ? found : search(std::move(upper));
}

}  // namespace

std::optional<std::pair<std::size_t, std::size_t>> any_overlap(std::span<const Box> boxes) {
  return search(parts_of(boxes));
}

}  // namespace tessera::grid
