#include "grid/footprint.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <vector>

namespace tessera::grid {

namespace {

/// Unsigned, so that senseless strides give senseless addresses instead of undefined behaviour.
std::uint64_t times(std::uint64_t a, std::uint64_t b) noexcept { return a * b; }

/// Where piece `number` of a footprint begins, in the order of its axes.
std::uint64_t piece_at(const Footprint& a, std::uint64_t number) noexcept {
  std::uint64_t address = a.first;
  for (std::size_t axis = a.rank; axis-- > 0;) {
    address += times(number % a.axes[axis].extent, a.axes[axis].stride);
    number /= a.axes[axis].extent;
  }
  return address;
}

/// True when a part of `a`, the axes from `axis` on with their origin at `first`, has a byte in [low, high).
bool touches(const Footprint& a, std::size_t axis, std::uint64_t first, std::uint64_t low,
             std::uint64_t high) noexcept {
  std::uint64_t end = first + a.bytes;
  for (std::size_t inner = axis; inner < a.rank; ++inner) end += times(a.axes[inner].extent - 1, a.axes[inner].stride);
  if (end <= low || first >= high) return false;
  if (axis == a.rank || first >= low) return true;  // `first` itself is a byte of `a`
  const auto& [stride, extent] = a.axes[axis];
  const std::uint64_t span = end - first - times(extent - 1, stride);
  // The slices along this axis that reach beyond `low`: of those that begin below it the last ones do.
  std::uint64_t slice = low - first >= span ? (low - first - span) / stride + 1 : 0;
  for (; slice < extent && first + times(slice, stride) < high; ++slice) {
    if (touches(a, axis + 1, first + times(slice, stride), low, high)) return true;
  }
  return false;
}

/// True when the common divisor of all strides proves that pieces never meet: components of an array of structs.
bool interleave(const Footprint& a, const Footprint& b) noexcept {
  std::uint64_t divisor = 0;
  for (std::size_t axis = 0; axis < a.rank; ++axis) divisor = std::gcd(divisor, a.axes[axis].stride);
  for (std::size_t axis = 0; axis < b.rank; ++axis) divisor = std::gcd(divisor, b.axes[axis].stride);
  if (divisor == 0 || a.bytes > divisor || b.bytes > divisor) return false;
  const std::uint64_t distance = (b.first > a.first ? b.first - a.first : a.first - b.first) % divisor;
  const std::uint64_t apart = b.first > a.first || distance == 0 ? distance : divisor - distance;
  return apart >= a.bytes && divisor - apart >= b.bytes;
}

}  // namespace

std::uint64_t Footprint::end() const noexcept {
  std::uint64_t last = first + bytes;
  for (std::size_t axis = 0; axis < rank; ++axis) last += times(axes[axis].extent - 1, axes[axis].stride);
  return last;
}

std::uint64_t Footprint::volume() const noexcept {
  std::uint64_t result = bytes;
  for (std::size_t axis = 0; axis < rank; ++axis) result = times(result, axes[axis].extent);
  return result;
}

Footprint footprint(std::uint64_t address, std::size_t element, const Index& extents, const Index& strides, int owner) {
  Footprint result;
  result.first = address;
  result.owner = owner;
  for (std::size_t axis = 0; axis < extents.size(); ++axis) {
    if (extents[axis] <= 0) return result;
  }
  result.bytes = element;
  for (std::size_t axis = 0; axis < extents.size(); ++axis) {
    const auto extent = static_cast<std::uint64_t>(extents[axis]);
    const std::uint64_t stride = times(static_cast<std::uint64_t>(strides[axis]), element);
    if (extent == 1 || strides[axis] == 0) continue;
    if (strides[axis] < 0) result.first += times(extent - 1, stride);
    result.axes[result.rank++] = {strides[axis] < 0 ? 0 - stride : stride, extent};
  }
  const auto axes = std::span(result.axes).first(result.rank);
  std::ranges::stable_sort(axes, std::greater<>(), &Footprint::Axis::stride);
  while (result.rank > 0 && result.axes[result.rank - 1].stride <= result.bytes) {
    const Footprint::Axis& dense = result.axes[--result.rank];
    result.bytes += times(dense.extent - 1, dense.stride);
  }
  return result;
}

bool share_bytes(const Footprint& a, const Footprint& b, std::uint64_t effort) {
  if (a.bytes == 0 || b.bytes == 0 || a.end() <= b.first || b.end() <= a.first || interleave(a, b)) return false;
  const std::uint64_t pieces = a.volume() / a.bytes;
  const std::uint64_t looks = std::clamp<std::uint64_t>(effort, 2, std::max<std::uint64_t>(pieces, 2));
  for (std::uint64_t look = 0; look < looks; ++look) {
    const std::uint64_t number = looks == pieces ? look : (pieces - 1) / (looks - 1) * look;
    const std::uint64_t low = piece_at(a, std::min(number, pieces - 1));
    if (touches(b, 0, b.first, low, low + a.bytes)) return true;
  }
  return false;
}

void find_shared(std::span<const Footprint> footprints, const std::function<bool(std::size_t, std::size_t)>& found) {
  constexpr std::size_t neighbours = 32;
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < footprints.size(); ++i) {
    if (footprints[i].bytes > 0) order.push_back(i);
  }
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::tuple(footprints[i].first, footprints[i].end(), i); });
  const std::uint64_t effort = std::clamp<std::uint64_t>(1000000 / (order.size() + 1), 16, 4096);
  for (std::size_t at = 0; at < order.size(); ++at) {
    const Footprint& one = footprints[order[at]];
    bool shares_with_its_own = false;
    const std::size_t last = std::min(order.size(), at + 1 + neighbours);
    for (std::size_t next = at + 1; next < last && footprints[order[next]].first < one.end(); ++next) {
      const Footprint& other = footprints[order[next]];
      if (one.owner == other.owner && shares_with_its_own) continue;
      if (!share_bytes(one, other, effort)) continue;
      shares_with_its_own = shares_with_its_own || one.owner == other.owner;
      if (!found(order[at], order[next])) return;
    }
  }
}

}  // namespace tessera::grid
