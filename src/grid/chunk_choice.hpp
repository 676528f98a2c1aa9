#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "grid/chunk_axis.hpp"

namespace tessera::grid {

struct ChunkRequest {
  Index shape;                          ///< the field's extents, without time and components; at least 1 each
  std::int64_t cell_bytes = 8;          ///< bytes of all components of one cell, as stored
  std::int64_t target_bytes = 1 << 20;  ///< target size of a chunk before compression
  std::int64_t min_bytes = 256 << 10;   ///< kept unless the field itself is smaller
  std::int64_t max_bytes = 16 << 20;    ///< kept unless a single cell is larger; 4 GiB at most
};

struct ChunkChoice {
  Index chunk;                     ///< extents of a chunk, without time and components
  std::int64_t chunks = 0;         ///< chunks of the field
  std::int64_t chunk_bytes = 0;    ///< of one
  std::int64_t shared_chunks = 0;  ///< those that more than one rank has cells of
  std::string why;                 ///< the second half of the reason
  std::string reason;              ///< one sentence for explain(), once the shared chunks are known
};

/// The chunk shape that follows the decomposition: no chunk is shared by ranks where the block boundaries leave a chunk
/// of at least `min_bytes`; else one with few shared chunks. Near `target_bytes`, not elongated, little padding at the
/// far edge. A field smaller than `min_bytes` is one chunk. Depends on the boxes only, not on their order or numbers.
/// Example: 256^3 doubles in 2 x 2 x 1 blocks of 128 x 128 x 256 with a target of 1 MiB: chunk (32, 64, 64), none
/// shared.
///
/// `axes` say what matters of the boxes, which no rank knows all of. How many chunks are shared is not known yet: to be
/// told with set_shared_chunks.
ChunkChoice choose_chunk(const ChunkRequest& request, std::span<const ChunkAxis> axes);

/// The same for a field that no rank has boxes of: by size alone.
ChunkChoice choose_chunk(const ChunkRequest& request);

/// The same for a chunk shape that the user gave: as many axes as the field, extents from 1 to the field's.
ChunkChoice given_chunk(const ChunkRequest& request, const Index& chunk);

/// Completes a choice and its reason.
void set_shared_chunks(ChunkChoice& choice, std::int64_t shared_chunks);

}  // namespace tessera::grid
