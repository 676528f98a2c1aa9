#include "arrays.hpp"

#include <algorithm>
#include <numeric>

#include "pack_reference.hpp"

namespace tessera::pack {

namespace {

constexpr std::int64_t margin = 5;

std::int64_t volume(const Index& extents) {
  return std::accumulate(extents.begin(), extents.end(), std::int64_t{1}, std::multiplies<>());
}

/// Axes from the fastest to the slowest.
std::vector<std::size_t> order_of_axes(std::size_t count, Layout layout, std::mt19937& random) {
  std::vector<std::size_t> axes(count);
  std::iota(axes.begin(), axes.end(), std::size_t{0});
  if (layout == Layout::shuffled_axes) {
    std::ranges::shuffle(axes, random);
  } else if (layout != Layout::fortran_order) {
    std::ranges::reverse(axes);
  }
  return axes;
}

}  // namespace

std::string to_string(Layout layout) {
  const char* names[] = {"C order", "Fortran order", "shuffled axes", "gaps", "descending"};
  return names[static_cast<std::size_t>(layout)];
}

Memory random_array(DataType type, const Index& extents, std::int64_t halo, Layout layout, std::mt19937& random) {
  Memory memory;
  memory.strides = extents;
  std::int64_t stride = layout == Layout::gaps ? 2 : 1;
  for (const std::size_t axis : order_of_axes(extents.size(), layout, random)) {
    memory.strides[axis] = stride;
    memory.offset += halo * stride;
    stride *= extents[axis] + 2 * halo + (layout == Layout::gaps ? 3 : 0);
  }
  memory.bytes.resize(static_cast<std::size_t>(stride) * size_of(type));
  std::ranges::generate(memory.bytes, [&] { return static_cast<std::byte>(random() & 0xff); });
  if (layout == Layout::descending && !extents.empty()) {
    memory.offset += (extents[0] - 1) * memory.strides[0];
    memory.strides[0] = -memory.strides[0];
  }
  return memory;
}

Memory buffer(DataType type, const Index& extents) {
  Memory memory;
  memory.offset = margin;
  memory.strides = extents;
  std::int64_t stride = 1;
  for (std::size_t axis = extents.size(); axis-- > 0;) {
    memory.strides[axis] = stride;
    stride *= extents[axis];
  }
  memory.bytes.assign(static_cast<std::size_t>(volume(extents) + 2 * margin) * size_of(type), std::byte{0xa5});
  return memory;
}

PackJob job(const Memory& source, DataType source_type, Memory& target, DataType target_type, const Index& extents) {
  const auto bytes = [](std::int64_t elements, DataType type) {
    return static_cast<std::ptrdiff_t>(elements) * static_cast<std::ptrdiff_t>(size_of(type));
  };
  return {source.bytes.data() + bytes(source.offset, source_type),
          source_type,
          source.strides,
          target.bytes.data() + bytes(target.offset, target_type),
          target_type,
          target.strides,
          extents};
}

std::vector<std::byte> packed_by_reference(const Memory& source, DataType source_type, DataType target_type,
                                           const Index& extents) {
  Memory target = buffer(target_type, extents);
  pack_reference(job(source, source_type, target, target_type, extents));
  return target.bytes;
}

}  // namespace tessera::pack
