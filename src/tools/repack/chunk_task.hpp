#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tessera/options.hpp>

#include "base/filters.hpp"
#include "hdf5/export_change.hpp"
#include "hdf5/placed_chunks.hpp"

namespace tessera::tools {

/// A dataset whose chunks are copied without HDF5: all that a rank has to know which sees nothing but the files' bytes.
/// Shapes are of all axes: time, those of the grid, components.
struct ChunkTask {
  std::string path;                       ///< for messages
  std::uint8_t keeps_chunks = 0;          ///< as they are stored
  std::uint8_t is_single = 0;             ///< values of double precision become single
  std::uint64_t element_bytes = 0;        ///< before that
  std::uint64_t begin = 0;                ///< along the first axis, in the source
  std::vector<std::uint64_t> from_shape;  ///< of the source
  std::vector<std::uint64_t> from_chunk;  ///< of the source
  std::vector<Filter> filters;            ///< of the source
  std::vector<std::byte> fill;            ///< an element; what nobody wrote
  std::vector<hdf5::PlacedChunk> chunks;  ///< of the source, by their row-major numbers
  std::vector<std::uint64_t> shape;       ///< of the copy
  std::vector<std::uint64_t> chunk;       ///< of the copy
  Codec codec;                            ///< of the copy

  std::uint64_t chunk_bytes() const noexcept;  ///< of the copy's, before filters
};

/// Nothing where the copy needs HDF5: elements that are no numbers or in foreign byte order, no chunks, filters that
/// are unknown here; other numbers. \throws Error invalid_argument: a chunk too large for a file
std::optional<ChunkTask> chunk_task(const hdf5::SurveyedDataset& dataset, const hdf5::ExportChange& change);

/// \{ Several, as bytes for other ranks.
std::string to_bytes(const std::vector<ChunkTask>& tasks);
std::vector<ChunkTask> tasks_of(std::string_view bytes);
/// \}

/// How many chunks there are along each axis.
std::vector<std::uint64_t> chunk_counts(const std::vector<std::uint64_t>& shape,
                                        const std::vector<std::uint64_t>& chunk);

}  // namespace tessera::tools
