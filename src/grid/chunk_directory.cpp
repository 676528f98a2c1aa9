#include "grid/chunk_directory.hpp"

#include <algorithm>

#include "base/saturate.hpp"
#include "grid/any_overlap.hpp"

namespace tessera::grid {

namespace {

/// A box inside a chunk as two numbers: the positions of its first and last cell in the chunk's row-major order.
struct Corners {
  std::int64_t first = 0;
  std::int64_t last = 0;
};

Corners corners_of(const ChunkGrid& grid, const Piece& piece) {
  const Index begin = grid.cells_of(piece.chunk).lower;
  Corners corners;
  for (std::size_t axis = 0; axis < begin.size(); ++axis) {
    corners.first = corners.first * grid.chunk[axis] + piece.part.lower[axis] - begin[axis];
    corners.last = corners.last * grid.chunk[axis] + piece.part.upper[axis] - 1 - begin[axis];
  }
  return corners;
}

/// The box, counted from the chunk's first cell.
Box box_between(const ChunkGrid& grid, Corners corners) {
  Box box{grid.chunk, grid.chunk};
  for (std::size_t axis = grid.chunk.size(); axis-- > 0;) {
    box.lower[axis] = corners.first % grid.chunk[axis];
    box.upper[axis] = corners.last % grid.chunk[axis] + 1;
    corners.first /= grid.chunk[axis];
    corners.last /= grid.chunk[axis];
  }
  return box;
}

struct Registration {
  std::uint64_t chunk = 0;
  int rank = 0;
  Corners corners;
};
constexpr std::size_t words = 3;

void encode(std::vector<std::int64_t>& out, std::uint64_t chunk, const Corners& corners) {
  out.insert(out.end(), {static_cast<std::int64_t>(chunk), corners.first, corners.last});
}

/// All registrations, those of a chunk together, by rank.
std::vector<Registration> decode(const Lists& registered) {
  std::vector<Registration> all;
  for (std::size_t rank = 0; rank < registered.size(); ++rank) {
    const auto& list = registered[rank];
    for (std::size_t at = 0; at < list.size(); at += words) {
      all.push_back({static_cast<std::uint64_t>(list[at]), static_cast<int>(rank), {list[at + 1], list[at + 2]}});
    }
  }
  std::ranges::stable_sort(all, {}, &Registration::chunk);
  return all;
}

/// Calls `visit` with the elements of every chunk in turn; `all` ascend by chunk.
template <class Element, class Visit>
void for_each_chunk(std::span<Element> all, const Visit& visit) {
  while (!all.empty()) {
    std::size_t count = 1;
    while (count < all.size() && all[count].chunk == all.front().chunk) ++count;
    visit(all.first(count));
    all = all.subspan(count);
  }
}

/// True when pieces of one rank are all of the chunk, each cell once.
bool is_whole(const ChunkGrid& grid, std::span<const Piece> pieces) {
  std::int64_t cells = 0;
  for (const Piece& piece : pieces) cells = saturating_sum(cells, piece.part.volume());
  if (cells != grid.cells_of(pieces.front().chunk).volume()) return false;
  std::vector<Box> parts;
  for (const Piece& piece : pieces) parts.push_back(piece.part);
  return !any_overlap(parts);
}

/// The cells by rank of one chunk, and whether some were registered twice.
std::vector<Share> shares_of(const ChunkGrid& grid, std::span<const Registration> registrations, bool& overlap) {
  std::vector<Share> shares;
  std::vector<Box> boxes;
  for (const Registration& one : registrations) {
    boxes.push_back(box_between(grid, one.corners));
    if (shares.empty() || shares.back().rank != one.rank) shares.push_back({one.rank, 0});
    shares.back().cells = saturating_sum(shares.back().cells, boxes.back().volume());
  }
  overlap = overlap || any_overlap(boxes);
  return shares;
}

/// To those who share a chunk: its number and owner; to the owner also the others with their cells.
void answer(Lists& answers, std::uint64_t chunk, int owner, const std::vector<Share>& shares) {
  for (const Share& to : shares) {
    auto& list = answers[static_cast<std::size_t>(to.rank)];
    list.insert(list.end(), {static_cast<std::int64_t>(chunk), owner});
    if (to.rank != owner) continue;
    list.push_back(static_cast<std::int64_t>(shares.size()) - 1);
    for (const Share& other : shares) {
      if (other.rank != owner) list.insert(list.end(), {other.rank, other.cells});
    }
  }
}

std::int64_t cells_of(std::span<const Piece> pieces) {
  std::int64_t cells = 0;
  for (const Piece& piece : pieces) cells = saturating_sum(cells, piece.part.volume());
  return cells;
}

}  // namespace

int home_rank(std::uint64_t chunk, int ranks) {
  // Fibonacci hashing: neighbouring numbers come far apart. Knuth, The Art of Computer Programming 3, section 6.4.
  const std::uint64_t mixed = (chunk * 0x9e3779b97f4a7c15u) >> 32;
  return static_cast<int>((mixed * static_cast<std::uint64_t>(ranks)) >> 32);
}

Lists registrations(const ChunkGrid& grid, std::span<const Piece> pieces, int ranks) {
  Lists lists(static_cast<std::size_t>(ranks));
  for_each_chunk(pieces, [&](std::span<const Piece> of_chunk) {
    const std::uint64_t chunk = of_chunk.front().chunk;
    auto& list = lists[static_cast<std::size_t>(home_rank(chunk, ranks))];
    if (is_whole(grid, of_chunk)) {
      encode(list, chunk, corners_of(grid, {chunk, 0, grid.cells_of(chunk), 0}));
    } else {
      for (const Piece& piece : of_chunk) encode(list, chunk, corners_of(grid, piece));
    }
  });
  return lists;
}

Entries resolve_entries(const ChunkGrid& grid, const Lists& registered, std::uint64_t rotation) {
  Entries entries;
  entries.answers.resize(registered.size());
  const std::vector<Registration> all = decode(registered);
  for_each_chunk(std::span(all), [&](std::span<const Registration> of_chunk) {
    if (of_chunk.size() == 1) return;
    const std::uint64_t chunk = of_chunk.front().chunk;
    const std::vector<Share> shares = shares_of(grid, of_chunk, entries.overlap);
    if (shares.size() == 1) return;
    entries.shared_chunks += 1;
    answer(entries.answers, chunk, owner_among(chunk + rotation, shares), shares);
  });
  return entries;
}

std::vector<Holding> apply_answers(int rank, const Lists& answers, std::vector<Piece>& pieces) {
  std::vector<Holding> shared;
  for (const auto& list : answers) {
    for (std::size_t at = 0; at < list.size();) {
      const auto chunk = static_cast<std::uint64_t>(list[at++]);
      const int owner = static_cast<int>(list[at++]);
      const auto own = pieces_of_chunk(pieces, chunk);
      for (Piece& piece : own) piece.owner = owner;
      if (owner != rank) continue;
      Holding& holding = shared.emplace_back(Holding{chunk, cells_of(own), {}});
      for (std::int64_t others = list[at++]; others > 0; --others, at += 2) {
        holding.others.push_back({static_cast<int>(list[at]), list[at + 1]});
      }
    }
  }
  std::ranges::sort(shared, {}, &Holding::chunk);
  return shared;
}

std::vector<Holding> all_holdings(int rank, std::span<const Piece> pieces, std::span<const Holding> shared) {
  std::vector<Holding> all;
  for_each_chunk(pieces, [&](std::span<const Piece> of_chunk) {
    if (of_chunk.front().owner != rank) return;
    const std::uint64_t chunk = of_chunk.front().chunk;
    const auto found = std::ranges::lower_bound(shared, chunk, {}, &Holding::chunk);
    const bool is_shared = found != shared.end() && found->chunk == chunk;
    all.push_back(is_shared ? *found : Holding{chunk, cells_of(of_chunk), {}});
  });
  return all;
}

std::span<Piece> pieces_of_chunk(std::vector<Piece>& pieces, std::uint64_t chunk) {
  const auto found = std::ranges::equal_range(pieces, chunk, {}, &Piece::chunk);
  return {found.begin(), found.end()};
}

}  // namespace tessera::grid
