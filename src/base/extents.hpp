#pragma once

#include <cstdint>

#include <tessera/box.hpp>
#include <tessera/types.hpp>

namespace tessera {

using detail::row_major_strides;

/// Chunks that an array of this shape has; edge chunks count. Example: 10 x 4 in chunks of 4 x 4: 3. The largest int64
/// where there are more.
std::int64_t count_chunks(const Index& shape, const Index& chunk);

/// The bytes of an array, with `cell_bytes` in each cell; the largest int64 where there are more.
std::int64_t bytes_of(const Index& extents, std::int64_t cell_bytes);

/// The box, so many cells further on along its first axis.
Box shifted(Box box, std::int64_t cells) noexcept;

}  // namespace tessera
