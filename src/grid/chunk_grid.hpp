#pragma once

#include <cstdint>
#include <functional>

#include <tessera/box.hpp>

namespace tessera::grid {

/// A field's cells cut into chunks, numbered in row-major order. Chunks at the far edges reach beyond the field.
/// Example: a 10 x 4 field in chunks of (4, 4) has counts (3, 1); chunk 2 holds the rows 8 and 9.
struct ChunkGrid {
  Index shape;
  Index chunk;

  /// Chunks per axis.
  Index counts() const;
  /// The cells of the field in a chunk.
  Box cells_of(std::uint64_t number) const;
  /// Cells in a whole chunk, those beyond the field included.
  std::int64_t chunk_volume() const;
  /// Calls `visit` for every chunk that the box has cells of, with these cells, in ascending order of the numbers.
  void for_each(const Box& box, const std::function<void(std::uint64_t number, const Box& part)>& visit) const;
};

}  // namespace tessera::grid
