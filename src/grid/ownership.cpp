#include "grid/ownership.hpp"

#include <algorithm>
#include <map>

namespace tessera::grid {

namespace {

using Shares = std::map<int, std::int64_t>;  // cells by rank, of one chunk

/// The smallest box of cells that holds all chunks of the map.
Box hull_of(const ChunkGrid& grid, const std::map<std::uint64_t, Shares>& chunks) {
  Box hull;
  for (const auto& entry : chunks) {
    const Box cells = grid.cells_of(entry.first);
    if (hull.rank() == 0) hull = cells;
    for (std::size_t axis = 0; axis < hull.rank(); ++axis) {
      hull.lower[axis] = std::min(hull.lower[axis], cells.lower[axis]);
      hull.upper[axis] = std::max(hull.upper[axis], cells.upper[axis]);
    }
  }
  return hull;
}

int owner_among(std::uint64_t chunk, const Shares& shares) {
  std::int64_t most = 0;
  for (const auto& share : shares) most = std::max(most, share.second);
  std::vector<int> ranks;
  for (const auto& [rank, cells] : shares) {
    if (cells == most) ranks.push_back(rank);
  }
  return ranks[chunk % ranks.size()];
}

/// The chunks that `rank` has a part of, but not all, with every rank's cells in them.
std::map<std::uint64_t, Shares> shared_chunks(int rank, const ChunkGrid& grid, const std::vector<Piece>& pieces,
                                              std::span<const OwnedBox> all) {
  std::map<std::uint64_t, Shares> chunks;
  for (const Piece& piece : pieces) chunks[piece.chunk][rank] += piece.part.volume();
  std::erase_if(chunks, [&](const auto& entry) {
    return entry.second.begin()->second == grid.cells_of(entry.first).volume();
  });
  if (chunks.empty()) return chunks;
  const Box hull = hull_of(grid, chunks);
  for (const OwnedBox& other : all) {
    if (other.rank == rank) continue;
    const Box near = intersection(other.box, hull);
    if (near.empty()) continue;
    grid.for_each(near, [&](std::uint64_t chunk, const Box& part) {
      const auto found = chunks.find(chunk);
      if (found != chunks.end()) found->second[other.rank] += part.volume();
    });
  }
  return chunks;
}

}  // namespace

std::vector<Piece> pieces_of(int rank, const ChunkGrid& grid, std::span<const OwnedBox> all) {
  std::vector<Piece> pieces;
  for (const OwnedBox& owned : all) {
    if (owned.rank != rank) continue;
    grid.for_each(owned.box, [&](std::uint64_t chunk, const Box& part) {
      pieces.push_back({chunk, owned.number, part, rank});
    });
  }
  const auto shared = shared_chunks(rank, grid, pieces, all);
  for (Piece& piece : pieces) {
    const auto found = shared.find(piece.chunk);
    if (found != shared.end()) piece.owner = owner_among(piece.chunk, found->second);
  }
  std::stable_sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) { return a.chunk < b.chunk; });
  return pieces;
}

std::vector<Transfer> balance(std::span<const Load> loads) {
  std::int64_t total = 0;
  for (const Load& load : loads) total += load.owned;
  const auto ranks = static_cast<std::int64_t>(loads.size());
  const std::int64_t mean = (total + ranks - 1) / ranks;
  std::vector<Transfer> transfers;
  std::size_t to = 0;
  std::int64_t room = 0;
  const auto next_with_room = [&] {
    while (room == 0 && to < loads.size()) {
      room = std::max<std::int64_t>(0, mean - loads[to].owned);
      if (room == 0) ++to;
    }
    return to < loads.size();
  };
  for (std::size_t from = 0; from < loads.size(); ++from) {
    if (loads[from].owned <= 2 * mean) continue;
    std::int64_t surplus = std::min(loads[from].owned - mean, loads[from].alone);
    while (surplus > 0 && next_with_room()) {
      const std::int64_t count = std::min(surplus, room);
      transfers.push_back({static_cast<int>(from), static_cast<int>(to), count});
      surplus -= count;
      room -= count;
      if (room == 0) ++to;
    }
  }
  return transfers;
}

}  // namespace tessera::grid
