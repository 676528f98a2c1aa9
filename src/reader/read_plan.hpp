#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include <tessera/error.hpp>

#include "comm/communicator.hpp"
#include "hdf5/placed_chunks.hpp"
#include "reader/wanted_pieces.hpp"

/// \file
/// Who reads which chunk of a step, and who gets which of its cells: the plan of a commit (pipeline/chunk_plan.hpp)
/// backwards. Boxes may overlap, so a cell may go to several ranks, and twice to one.

namespace tessera::detail {

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

/// Which rank reads a chunk.
struct ChunkOwner {
  int owner = 0;
  ChunkKey key;
  auto operator<=>(const ChunkOwner&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14
};

struct ReadPlan {
  std::vector<ChunkOwner> owners;     ///< ascending; on rank 0: of all chunks, of all ranks
  std::vector<OwnChunk> chunks;       ///< ascending
  std::vector<RemotePiece> arriving;  ///< ascending by chunk
};

/// Rank 0 finds where a chunk lies. \throws Error
using FindChunk = std::function<std::optional<hdf5::PlacedChunk>(const ChunkKey& key)>;

/// For boxes of one rank that reads without the others. \param self that rank \throws what `find` throws
ReadPlan make_plan_alone(const std::vector<WantedPiece>& wanted, const FindChunk& find, int self);

/// Chooses for each chunk the rank that wants most of it, and tells it what all others want, and where it lies: three
/// exchanges, in which no rank gets to know more than its own chunks, and rank 0 where all lie. Each chunk has a home
/// rank that knows who wants it. Collective.
/// \param failure of this rank; what failed on any rank before the last exchange, all throw; afterwards it is noted
ReadPlan make_read_plan(const comm::Communicator& comm, const ReadSources& sources, std::vector<WantedPiece> wanted,
                        const FindChunk& find, std::optional<Error>& failure);

/// Makes it a plan for another step, of which each rank wants the same boxes: rank 0 finds where the chunks lie there.
/// One exchange. Collective. \param failure as above
void renew(ReadPlan& plan, const comm::Communicator& comm, const FindChunk& find, std::optional<Error>& failure);

}  // namespace tessera::detail
