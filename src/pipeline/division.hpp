#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "comm/communicator.hpp"
#include "grid/axis_survey.hpp"
#include "grid/ownership.hpp"

/// \file
/// How a field is divided among the ranks. Everything here is collective, and costs a rank time and memory for its
/// own boxes and a few numbers per rank: nobody learns all boxes (grid/directory.hpp).

namespace tessera::pipeline {

/// A field's cells, by chunk and by the rank that assembles the chunk.
struct Division {
  grid::ChunkGrid grid;
  std::vector<grid::Piece> pieces;   ///< of this rank, ascending by chunk
  std::int64_t own_cells = 0;
  std::int64_t cells = 0;            ///< of all ranks' boxes together
  std::int64_t shared_chunks = 0;    ///< that several ranks have cells of
  bool overlap = false;              ///< some cell is in two boxes: then the rest is of no use
};

/// Every chunk that somebody has cells of gets one owner: who has most of it, unless that rank then had far more
/// chunks than others (grid/balance.hpp). A chunk that one rank has alone stays with it otherwise.
/// \param own this rank's boxes
/// \param turn the same on all ranks: moves the choice among equals on (grid::keep_entries)
Division divide(const comm::Communicator& comm, const grid::ChunkGrid& grid, std::span<const Box> own,
                std::uint64_t turn);

/// What the choice of a chunk shape has to know about all ranks' boxes.
std::vector<grid::ChunkAxis> survey_axes(const comm::Communicator& comm, const Index& shape, std::span<const Box> own);

}  // namespace tessera::pipeline
