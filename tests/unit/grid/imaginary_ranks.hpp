#pragma once

#include <span>
#include <vector>

#include "grid/chunk_division.hpp"
#include "grid/owned_box.hpp"

/// \file
/// Ranks that are all in this process: what one sends, the other gets.

namespace tessera::grid {

/// `sent[from][to]` arrives as `result[to][from]`.
std::vector<Lists> delivered(const std::vector<Lists>& sent);

/// Boxes by rank.
std::vector<std::vector<Box>> boxes_by_rank(const std::vector<OwnedBox>& all, int ranks);

/// Who assembles which chunks, worked out as the ranks of a run do it.
struct Divided {
  std::vector<std::vector<Piece>> pieces;    ///< by rank
  std::vector<std::int64_t> owned_at_first;  ///< by rank: chunks before any are given away
  std::vector<std::int64_t> owned;           ///< by rank, in the end
  std::int64_t shared_chunks = 0;
  std::int64_t cells_sent = 0;  ///< to ranks that own the chunk but not the cells
  bool overlap = false;
};
Divided divide(const ChunkGrid& grid, const std::vector<std::vector<Box>>& boxes, std::uint64_t rotation = 0);

}  // namespace tessera::grid
