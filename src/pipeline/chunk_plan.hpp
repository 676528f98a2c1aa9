#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/function_ref.hpp"
#include "comm/communicator.hpp"
#include "grid/chunk_grid.hpp"
#include "pipeline/division.hpp"

namespace tessera::pipeline {

/// Cells of one of this rank's boxes.
struct LocalPiece {
  int number = 0;  ///< of the box among this rank's
  Box part;
};

/// Cells that arrive with a message.
struct RemotePiece {
  std::size_t message = 0;  ///< position in ChunkPlan::incoming
  std::int64_t offset = 0;  ///< in cells, in the message
  Box part;
};

/// A chunk that this rank assembles.
struct OwnChunk {
  std::uint64_t number = 0;
  int round = 0;
  bool whole = false;  ///< the pieces are all of it, so that nothing has to be filled
  std::vector<LocalPiece> local;
  std::vector<RemotePiece> remote;
};

/// One message of one round: pieces one after the other, each contiguous in C order.
struct Outgoing {
  int to = 0;
  int round = 0;
  std::int64_t cells = 0;
  std::vector<LocalPiece> pieces;
};
struct Incoming {
  int from = 0;
  int round = 0;
  std::int64_t cells = 0;
};

/// Who sends which cells of a field where, for one decomposition. Work goes in rounds, so that memory is bounded: a
/// rank holds the chunks of one round. Where the chunks follow the decomposition there are no messages.
struct ChunkPlan {
  grid::ChunkGrid grid;
  int rounds = 0;                  ///< the same on every rank; some have nothing to do in the last ones
  std::int64_t max_chunks = 0;     ///< of any rank in any round
  std::int64_t all_chunks = 0;     ///< of all ranks
  std::vector<OwnChunk> chunks;    ///< by round, then those without remote pieces first
  std::vector<Outgoing> outgoing;  ///< by round
  std::vector<Incoming> incoming;  ///< by round
};

/// A division that is to be planned.
struct ChunkPlanRequest {
  std::shared_ptr<const Division> division;
  std::int64_t chunks_per_round = 1;  ///< this rank's own limit, at least 1
};

/// Collective. \param request_of is called once for each of `items`, in order; what it throws on one rank, all ranks
/// throw
std::vector<std::shared_ptr<ChunkPlan>> plan_chunks(const comm::Communicator& comm, std::size_t items,
                                                    FunctionRef<ChunkPlanRequest(std::size_t)> request_of);

/// The bytes that a plan takes.
std::size_t memory_of(const ChunkPlan& plan);

}  // namespace tessera::pipeline
