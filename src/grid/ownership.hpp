#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "grid/chunk_grid.hpp"

namespace tessera::grid {

/// The cells that one of this rank's boxes has of one chunk, and the rank that assembles the chunk.
struct Piece {
  std::uint64_t chunk = 0;
  int number = 0;  ///< of the box among this rank's
  Box part;
  int owner = 0;
};

/// This rank's boxes cut at the borders of the chunks, in ascending order of the chunks. The rank is the owner, until
/// it learns of others that have cells of the same chunk.
std::vector<Piece> cut_at_chunks(const ChunkGrid& grid, std::span<const Box> own, int rank);

/// The cells that a rank has of a chunk.
struct Share {
  int rank = 0;
  std::int64_t cells = 0;
};

/// The rank that assembles a chunk: the one with most of its cells. Where several have the same number of cells the
/// chunk's number chooses among them, so that no rank gets all. `shares` is not empty, and the same wherever it is
/// asked.
int owner_among(std::uint64_t chunk, std::span<const Share> shares);

}  // namespace tessera::grid
