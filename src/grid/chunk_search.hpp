#pragma once

#include <cstdint>
#include <span>

#include <tessera/types.hpp>

#include "grid/chunk_axis.hpp"

namespace tessera::grid {

/// Bytes of a chunk: 1 <= min_bytes <= target_bytes <= max_bytes, and a single cell is not above max_bytes.
struct ChunkSizes {
  std::int64_t cell_bytes = 8;
  std::int64_t min_bytes = 0;
  std::int64_t target_bytes = 0;
  std::int64_t max_bytes = 0;
};

struct FoundChunk {
  Index chunk;
  bool allowed = false;  ///< false: smaller than min_bytes, because no candidate was large enough
};

/// The cheapest chunk among all combinations of the axes' candidate extents; never above max_bytes. The cost weighs
/// shared chunks, the distance from the target size, padding at the far edge, and elongation, of the chunk itself and
/// against the blocks. With `aligned`, only chunks that no face cuts are tried.
FoundChunk search_chunk(std::span<const ChunkAxis> axes, const ChunkSizes& sizes, bool aligned);

}  // namespace tessera::grid
