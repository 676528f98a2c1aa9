#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "grid/directory.hpp"

namespace tessera::grid {

/// `count` chunks that rank `from` gives to rank `to`.
struct Transfer {
  int from = 0;
  int to = 0;
  std::int64_t count = 0;
};

/// The most chunks that a rank may own: one and a half times the mean, or one more than others where a chunk cannot be
/// divided. Example: of 8 chunks and 4 ranks 3; of 3 chunks and 4 ranks 1.
std::int64_t most_chunks_of_a_rank(std::int64_t chunks, std::int64_t ranks);

/// True when no rank owns more than that. `owned` are the chunks of each rank.
bool is_balanced(std::span<const std::int64_t> owned);

/// Chunks to give away so that it is so; none where it is already.
/// Ranks that give away come down to the mean. Example: 8, 0, 0, 0: rank 0 gives 2 to each of the others.
std::vector<Transfer> balance(std::span<const std::int64_t> owned);

/// A chunk that gets another owner.
struct Gift {
  std::uint64_t chunk = 0;
  int to = 0;
};

/// Which chunks go: preferably to a rank that has cells of the chunk anyway, and preferably those that the giver
/// itself has few cells of, since what it has is what travels. `transfers` are those of the rank that owns
/// `holdings`.
std::vector<Gift> choose_gifts(std::span<const Transfer> transfers, std::span<const Holding> holdings);

/// Gives the chunks away: sets the owners of the rank's own pieces. \returns what to tell to each rank that has cells
/// of them
Lists give(std::span<const Gift> gifts, std::span<const Holding> shared, int ranks, std::vector<Piece>& pieces);

/// Sets the owners of a rank's pieces by what others told it.
void take_notice(const Lists& notices, std::vector<Piece>& pieces);

}  // namespace tessera::grid
