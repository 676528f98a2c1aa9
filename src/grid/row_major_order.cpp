#include "grid/row_major_order.hpp"

#include <algorithm>
#include <map>

namespace tessera::grid {

namespace {

using Boxes = std::span<const Box>;
using Numbers = std::vector<std::size_t>;

/// The order of the cells with given coordinates on the axes before `axis`: offsets count from the first of them.
struct Layout {
  std::vector<Placement> placements;
  std::int64_t cells = 0;
};

struct PartOrder {
  bool operator()(const Placement& a, const Placement& b) const {
    if (a.box != b.box) return a.box < b.box;
    return std::ranges::lexicographical_compare(a.part.lower, b.part.lower);
  }
};

/// Placements of the previous slab, by box and lower corner of their cross-section.
using Open = std::map<Placement, std::size_t, PartOrder>;

Layout single_box(Boxes boxes, std::size_t number, std::size_t axis) {
  Placement placement{number, boxes[number], 0, Index::filled(boxes[number].rank(), 1)};
  std::int64_t cells = 1;
  for (std::size_t inner = placement.strides.size(); inner-- > axis;) {
    placement.strides[inner] = cells;
    cells *= placement.part.upper[inner] - placement.part.lower[inner];
  }
  return {{placement}, cells};
}

/// True when `next`, which begins where `previous` ends on `axis`, carries on with the same strides.
bool continues(const Placement& previous, const Placement& next, std::size_t axis) {
  if (previous.part.upper[axis] != next.part.lower[axis] || previous.strides != next.strides) return false;
  for (std::size_t inner = axis + 1; inner < previous.strides.size(); ++inner) {
    if (previous.part.lower[inner] != next.part.lower[inner]) return false;
    if (previous.part.upper[inner] != next.part.upper[inner]) return false;
  }
  const std::int64_t rows = next.part.lower[axis] - previous.part.lower[axis];
  return next.offset - previous.offset == rows * next.strides[axis];
}

/// Adds the rows from `lower` to `upper`, all laid out like `row`, behind those in `result`.
void append_slab(Layout& result, Open& open, const Layout& row, std::size_t axis, std::int64_t lower,
                 std::int64_t upper) {
  Open still_open;
  for (Placement next : row.placements) {
    next.part.lower[axis] = 0;  // the key is the cross-section
    const Placement key = next;
    next.part.lower[axis] = lower;
    next.part.upper[axis] = upper;
    next.strides[axis] = row.cells;
    next.offset += result.cells;
    const auto previous = open.find(key);
    if (previous != open.end() && continues(result.placements[previous->second], next, axis)) {
      result.placements[previous->second].part.upper[axis] = upper;
      still_open.emplace(key, previous->second);
    } else {
      still_open.emplace(key, result.placements.size());
      result.placements.push_back(next);
    }
  }
  result.cells += row.cells * (upper - lower);
  open.swap(still_open);
}

/// Sweeps along one axis: between two faces of boxes the set of boxes is constant, and with it the layout of a row.
Layout sweep(Boxes boxes, Numbers numbers, std::size_t axis) {
  if (numbers.size() == 1) return single_box(boxes, numbers.front(), axis);
  std::vector<std::int64_t> cuts;
  for (const std::size_t number : numbers) {
    cuts.push_back(boxes[number].lower[axis]);
    cuts.push_back(boxes[number].upper[axis]);
  }
  std::ranges::sort(cuts);
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  std::ranges::sort(numbers, {}, [&](std::size_t number) { return std::pair(boxes[number].lower[axis], number); });

  Layout result;
  Open open;
  Numbers active;
  std::size_t entered = 0;
  for (std::size_t slab = 0; slab + 1 < cuts.size(); ++slab) {
    std::erase_if(active, [&](std::size_t number) { return boxes[number].upper[axis] <= cuts[slab]; });
    while (entered < numbers.size() && boxes[numbers[entered]].lower[axis] == cuts[slab]) {
      active.push_back(numbers[entered++]);
    }
    if (!active.empty()) {
      append_slab(result, open, sweep(boxes, active, axis + 1), axis, cuts[slab], cuts[slab + 1]);
    }
  }
  return result;
}

}  // namespace

std::vector<Placement> row_major_order(std::span<const Box> boxes) {
  Numbers numbers;
  for (std::size_t number = 0; number < boxes.size(); ++number) {
    if (!boxes[number].empty()) numbers.push_back(number);
  }
  if (numbers.empty()) return {};
  std::vector<Placement> placements = sweep(boxes, numbers, 0).placements;
  std::ranges::sort(placements, {}, &Placement::offset);
  return placements;
}

}  // namespace tessera::grid
