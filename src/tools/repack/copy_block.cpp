#include "tools/repack/copy_block.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace tessera::tools {

namespace {

constexpr std::size_t most_axes = 32;  // of HDF5

/// Where an axis begins in both, how far it is in both, and to the next element in both.
struct Axis {
  std::uint64_t count = 0;
  std::size_t from_stride = 0, to_stride = 0;
};

}  // namespace

void copy_block(const Block<const std::byte>& from, const Block<std::byte>& to, std::size_t element_bytes) {
  std::array<Axis, most_axes> axes;
  std::size_t from_stride = element_bytes, to_stride = element_bytes, from_offset = 0, to_offset = 0;
  std::size_t row = element_bytes;  // bytes that lie together in both
  std::size_t outer = 0;            // axes that are gone through
  for (std::size_t axis = from.lower.size(); axis-- > 0;) {
    const std::uint64_t lower = std::max(from.lower[axis], to.lower[axis]);
    const std::uint64_t upper = std::min(from.upper[axis], to.upper[axis]);
    if (lower >= upper) return;
    from_offset += (lower - from.lower[axis]) * from_stride;
    to_offset += (lower - to.lower[axis]) * to_stride;
    if (outer == 0 && from_stride == row && to_stride == row) {
      row *= upper - lower;
    } else {
      axes[outer++] = {upper - lower, from_stride, to_stride};
    }
    from_stride *= from.upper[axis] - from.lower[axis];
    to_stride *= to.upper[axis] - to.lower[axis];
  }
  const std::byte* source = from.bytes + from_offset;
  std::byte* target = to.bytes + to_offset;
  std::array<std::uint64_t, most_axes> at{};
  for (;;) {
    std::memcpy(target, source, row);
    std::size_t axis = 0;
    for (; axis < outer; ++axis) {
      source += axes[axis].from_stride;
      target += axes[axis].to_stride;
      if (++at[axis] < axes[axis].count) break;
      source -= axes[axis].count * axes[axis].from_stride;
      target -= axes[axis].count * axes[axis].to_stride;
      at[axis] = 0;
    }
    if (axis == outer) return;
  }
}

}  // namespace tessera::tools
