#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include <tessera/error.hpp>

#include "comm/communicator.hpp"
#include "grid/chunk_grid.hpp"
#include "hdf5/placed_chunks.hpp"
#include "reader/get_box.hpp"
#include "schema/contents.hpp"

/// \file
/// Who reads which chunk of a step, and who gets which of its cells: the plan of a commit (pipeline/chunk_plan.hpp)
/// backwards. Boxes may overlap, so a cell may go to several ranks, and twice to one.

namespace tessera::detail {

/// A chunk of a step. All ranks go through chunks in this order.
struct ChunkKey {
  std::size_t field = 0;     ///< its number in the run
  std::uint64_t number = 0;  ///< in the field's grid of chunks
  auto operator<=>(const ChunkKey&) const = default;
};

/// Cells of a chunk that go into one of this rank's boxes.
struct WantedPiece {
  ChunkKey chunk;
  std::size_t box = 0;  ///< its number among this rank's
  Box part;
};

/// Cells of a chunk that go to a rank.
struct OwnPiece {
  int to = 0;
  std::size_t box = 0;  ///< where it is this rank: as in WantedPiece
  Box part;
};

/// A chunk that this rank reads and decodes, for all.
struct OwnChunk {
  ChunkKey key;
  std::optional<hdf5::PlacedChunk> place;  ///< nothing: nobody wrote it
  std::vector<OwnPiece> pieces;            ///< by rank, each rank's in the order in which it wants them
};

/// Cells that another rank reads for this one.
struct RemotePiece {
  int owner = 0;
  WantedPiece wanted;
};

struct ReadPlan {
  std::vector<OwnChunk> chunks;       ///< ascending
  std::vector<RemotePiece> arriving;  ///< ascending by chunk
};

grid::ChunkGrid chunk_grid(const schema::Field& field);

/// The pieces of these boxes, ascending by chunk. \param is_wanted whether a field is read by chunks
std::vector<WantedPiece> wanted_pieces(const schema::StoredRun& run, std::span<const GetBox> boxes,
                                       const std::function<bool(const schema::StoredField&)>& is_wanted);

/// Rank 0 finds where a chunk lies. \throws Error
using FindChunk = std::function<std::optional<hdf5::PlacedChunk>(const ChunkKey& key)>;

/// For boxes of one rank that reads without the others. \param self that rank \throws what `find` throws
ReadPlan make_plan_alone(const std::vector<WantedPiece>& wanted, const FindChunk& find, int self);

/// Chooses for each chunk the rank that wants most of it, and tells it what all others want, and where it lies: three
/// exchanges, in which no rank gets to know more than its own chunks, and rank 0 where all lie. Each chunk has a home
/// rank that knows who wants it. Collective.
/// \param failure of this rank; what failed on any rank before the last exchange, all throw; afterwards it is noted
ReadPlan make_read_plan(const comm::Communicator& comm, const schema::StoredRun& run, std::vector<WantedPiece> wanted,
                        const FindChunk& find, std::optional<Error>& failure);

}  // namespace tessera::detail
