#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <tessera/box.hpp>

#include "reader/get_box.hpp"
#include "reader/read_sources.hpp"

namespace tessera::detail {

/// Cells of a chunk that go into one of this rank's boxes.
struct WantedPiece {
  ChunkKey chunk;
  std::size_t box = 0;  ///< its number among this rank's
  Box part;
};

/// The pieces of those boxes that are read by chunks, ascending by chunk. Their datasets are known.
std::vector<WantedPiece> wanted_pieces(const ReadSources& sources, std::span<const GetBox> boxes, std::int64_t step);

}  // namespace tessera::detail
