#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "grid/ownership.hpp"

/// \file
/// A distributed directory of who has cells of which chunk. Every chunk has a rank that keeps its entry; whoever has
/// cells of the chunk registers there, and hears from there whether others have some, too. So nobody has to know all
/// boxes: time and memory of a rank go with its own boxes and the number of ranks.
///
///     registrations -> (to the keepers) -> keep_entries -> (back) -> hear_answers

namespace tessera::grid {

/// Numbers from one rank to each, or from each rank to one.
using Lists = std::vector<std::vector<std::int64_t>>;

/// The rank that keeps the entry of a chunk. Chunks are scattered, so that a field that is put in one corner only, or
/// along one line, does not make work for a few ranks.
int keeper_of(std::uint64_t chunk, int ranks);

/// What a rank tells the keepers: its pieces, those of a chunk that it has all cells of as one. `pieces` are
/// cut_at_chunks.
Lists registrations(const ChunkGrid& grid, std::span<const Piece> pieces, int ranks);

/// What a keeper works out from all ranks' registrations.
struct Entries {
  Lists answers;                   ///< to each rank, about the chunks that it shares with others alone
  std::int64_t shared_chunks = 0;  ///< that more than one rank has cells of
  bool overlap = false;            ///< some cell was registered twice
};
/// \param turn moves the choice among equals on, so that fields of a chunk or two do not all go to the same rank
Entries keep_entries(const ChunkGrid& grid, const Lists& registered, std::uint64_t turn);

/// A chunk that a rank owns: its own cells of it, and who else has some.
struct Holding {
  std::uint64_t chunk = 0;
  std::int64_t own_cells = 0;
  std::vector<Share> others;
};

/// Sets the owners of a rank's pieces by the keepers' answers. \returns the chunks of several ranks that this one
/// owns, ascending
std::vector<Holding> hear_answers(int rank, const Lists& answers, std::vector<Piece>& pieces);

/// All chunks that a rank owns, with those of `shared` that it has together with others.
std::vector<Holding> all_holdings(int rank, std::span<const Piece> pieces, std::span<const Holding> shared);

/// The pieces of one chunk, empty where there are none. `pieces` ascend by chunk.
std::span<Piece> pieces_of_chunk(std::vector<Piece>& pieces, std::uint64_t chunk);

}  // namespace tessera::grid
