#include "grid/ownership.hpp"

#include <algorithm>

namespace tessera::grid {

std::vector<Piece> cut_at_chunks(const ChunkGrid& grid, std::span<const Box> own, int rank) {
  std::vector<Piece> pieces;
  for (std::size_t number = 0; number < own.size(); ++number) {
    grid.for_each(own[number], [&](std::uint64_t chunk, const Box& part) {
      pieces.push_back({chunk, static_cast<int>(number), part, rank});
    });
  }
  std::ranges::stable_sort(pieces, {}, &Piece::chunk);
  return pieces;
}

int owner_among(std::uint64_t chunk, std::span<const Share> shares) {
  std::int64_t most = 0;
  for (const Share& share : shares) most = std::max(most, share.cells);
  std::vector<int> ranks;
  for (const Share& share : shares) {
    if (share.cells == most) ranks.push_back(share.rank);
  }
  return ranks[chunk % ranks.size()];
}

}  // namespace tessera::grid
