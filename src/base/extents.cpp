#include "base/extents.hpp"

#include "base/saturate.hpp"

namespace tessera {

Index detail::row_major_strides(const Index& extents) {
  Index strides = extents;
  std::int64_t stride = 1;
  for (std::size_t axis = extents.size(); axis-- > 0; stride = saturating_product(stride, extents[axis])) {
    strides[axis] = stride;
  }
  return strides;
}

std::int64_t count_chunks(const Index& shape, const Index& chunk) {
  std::int64_t chunks = 1;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    chunks = saturating_product(chunks, (shape[axis] - 1) / chunk[axis] + 1);
  }
  return chunks;
}

std::int64_t bytes_of(const Index& extents, std::int64_t cell_bytes) {
  std::int64_t bytes = cell_bytes;
  for (const std::int64_t extent : extents) bytes = saturating_product(bytes, extent);
  return bytes;
}

Box shifted(Box box, std::int64_t cells) noexcept {
  if (box.rank() == 0) return box;
  box.lower[0] += cells;
  box.upper[0] += cells;
  return box;
}

}  // namespace tessera
