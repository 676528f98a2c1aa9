#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "grid/chunk_grid.hpp"
#include "grid/owned_box.hpp"

namespace tessera::grid {

/// The cells that one of this rank's boxes has of one chunk, and the rank that assembles the chunk.
struct Piece {
  std::uint64_t chunk = 0;
  int number = 0;   ///< of the box among this rank's
  Box part;
  int owner = 0;
};

/// This rank's pieces in ascending order of the chunks; the owner of a chunk is the rank with most of its cells, on every rank
/// alike. Where several have the same number the chunk's number chooses among them, so that no rank gets all.
/// `all` are every rank's boxes of the field, which do not overlap.
std::vector<Piece> pieces_of(int rank, const ChunkGrid& grid, std::span<const OwnedBox> all);

/// How many chunks a rank owns, and how many of these no other rank has cells of: these can be given away whole.
struct Load {
  std::int64_t owned = 0;
  std::int64_t alone = 0;
};

/// `count` chunks that rank `from` gives to rank `to`.
struct Transfer {
  int from = 0;
  int to = 0;
  std::int64_t count = 0;
};

/// Chunks to give away so that no rank owns more than twice the mean (rounded up), where that is possible; none where it is so
/// already. Ranks that give away come down to the mean. Example: owned 8, 0, 0, 0: rank 0 gives 2 to each of the others.
std::vector<Transfer> balance(std::span<const Load> loads);

}  // namespace tessera::grid
