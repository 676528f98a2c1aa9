#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tessera/types.hpp>

namespace tessera::hdf5 {

/// A chunk that lies in the file already. 24 bytes: rank 0 gets one from every rank for every chunk of a commit.
struct PlacedChunk {
  std::uint64_t index = 0;  ///< row-major number in the dataset's grid of chunks, without time
  std::uint64_t address = 0;
  std::uint32_t size = 0;  ///< bytes as stored; below 4 GiB, HDF5's limit
  std::uint32_t mask = 0;  ///< bit i: filter i was skipped
};

/// The chunks that one commit adds to one dataset.
struct PlacedChunks {
  std::string dataset;
  std::optional<std::int64_t> step;  ///< index on the time axis; nothing for a static dataset
  Index chunk;                       ///< extents of a chunk on the grid's axes
  Index counts;                      ///< chunks per grid axis
  bool has_components = false;       ///< a last axis that one chunk covers
  std::vector<PlacedChunk> chunks;
  std::int64_t first = 0;  ///< along the first grid axis: where the grid of these chunks begins in the dataset's
  std::int64_t steps = 1;  ///< in a chunk; where there are several, `step` is the first of them
};

}  // namespace tessera::hdf5
