#include <tessera/box.hpp>

#include <algorithm>
#include <limits>

#include "base/saturate.hpp"

namespace tessera {

namespace {

// Unsigned arithmetic, because upper - lower of extreme bounds does not fit into int64.
std::int64_t extent_between(std::int64_t lower, std::int64_t upper) noexcept {
  if (upper <= lower) return 0;
  const std::uint64_t extent = static_cast<std::uint64_t>(upper) - static_cast<std::uint64_t>(lower);
  constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
  return extent > static_cast<std::uint64_t>(largest) ? largest : static_cast<std::int64_t>(extent);
}

/// lower + extent; the largest or the smallest integer where the sum does not fit: no field has such cells.
std::int64_t saturating_end(std::int64_t lower, std::int64_t extent) noexcept {
  using Limits = std::numeric_limits<std::int64_t>;
  if (extent > 0 && lower > Limits::max() - extent) return Limits::max();
  if (extent < 0 && lower < Limits::min() - extent) return Limits::min();
  return lower + extent;
}

}  // namespace

Box Box::at(const Index& lower, const Index& extents) {
  Box box{lower, lower};
  for (std::size_t axis = 0; axis < lower.size(); ++axis) box.upper[axis] = saturating_end(lower[axis], extents[axis]);
  return box;
}

Index Box::extents() const {
  Index result = lower;
  for (std::size_t axis = 0; axis < rank(); ++axis) result[axis] = extent_between(lower[axis], upper[axis]);
  return result;
}

std::int64_t Box::volume() const noexcept {
  if (rank() == 0 || upper.size() != rank()) return 0;
  std::int64_t cells = 1;
  for (std::size_t axis = 0; axis < rank(); ++axis) {
    cells = saturating_product(cells, extent_between(lower[axis], upper[axis]));
  }
  return cells;
}

bool Box::contains(const Box& other) const noexcept {
  if (other.empty()) return true;
  if (other.rank() != rank()) return false;
  for (std::size_t axis = 0; axis < rank(); ++axis) {
    if (other.lower[axis] < lower[axis] || other.upper[axis] > upper[axis]) return false;
  }
  return true;
}

Box intersection(const Box& a, const Box& b) {
  Box common = a;
  for (std::size_t axis = 0; axis < a.rank(); ++axis) {
    common.lower[axis] = std::max(a.lower[axis], b.lower[axis]);
    common.upper[axis] = std::max(common.lower[axis], std::min(a.upper[axis], b.upper[axis]));
  }
  return common;
}

std::string to_string(const Box& box) {
  std::string text = "[";
  for (std::size_t axis = 0; axis < box.rank(); ++axis) {
    text += (axis == 0 ? "" : ", ") + std::to_string(box.lower[axis]) + ":" + std::to_string(box.upper[axis]);
  }
  return text + "]";
}

std::string to_string(const Index& index) {
  std::string text = "(";
  for (std::size_t axis = 0; axis < index.size(); ++axis) {
    text += (axis == 0 ? "" : ", ") + std::to_string(index[axis]);
  }
  return text + (index.size() == 1 ? ",)" : ")");
}

}  // namespace tessera
