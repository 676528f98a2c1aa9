#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "grid/ownership.hpp"

/// \file
/// A distributed directory of which ranks have cells of which chunk. Every chunk has a home rank, which keeps its
/// entry; every rank that has cells of the chunk registers there, and learns from there whether others have some too.
/// So no rank has to know all boxes: time and memory of a rank scale with its own boxes and the number of ranks.
///
///     registrations -> (to the home ranks) -> resolve_entries -> (back) -> apply_answers

namespace tessera::grid {

/// Numbers from one rank to each, or from each rank to one.
using Lists = std::vector<std::vector<std::int64_t>>;

/// The home rank of a chunk, which keeps its entry. Chunks are scattered, so that a field that is put in one corner
/// only, or along one line, does not make work for a few ranks.
int home_rank(std::uint64_t chunk, int ranks);

/// What a rank tells the home ranks: its pieces, those of a chunk that it has all cells of as one. `pieces` are
/// cut_at_chunks.
Lists registrations(const ChunkGrid& grid, std::span<const Piece> pieces, int ranks);

/// What a home rank works out from all ranks' registrations.
struct Entries {
  Lists answers;                   ///< to each rank, about the chunks that it shares with others alone
  std::int64_t shared_chunks = 0;  ///< that more than one rank has cells of
  bool overlap = false;            ///< some cell was registered twice
};
/// \param rotation shifts the choice among equals, so that fields of a chunk or two do not all go to the same rank
Entries resolve_entries(const ChunkGrid& grid, const Lists& registered, std::uint64_t rotation);

/// A chunk that a rank owns: its own cells of it, and who else has some.
struct Holding {
  std::uint64_t chunk = 0;
  std::int64_t own_cells = 0;
  std::vector<Share> others;
};

/// Sets the owners of a rank's pieces by the home ranks' answers. \returns the chunks of several ranks that this one
/// owns, ascending
std::vector<Holding> apply_answers(int rank, const Lists& answers, std::vector<Piece>& pieces);

/// All chunks that a rank owns, with those of `shared` that it has together with others.
std::vector<Holding> all_holdings(int rank, std::span<const Piece> pieces, std::span<const Holding> shared);

/// The pieces of one chunk, empty where there are none. `pieces` ascend by chunk.
std::span<Piece> pieces_of_chunk(std::vector<Piece>& pieces, std::uint64_t chunk);

}  // namespace tessera::grid
