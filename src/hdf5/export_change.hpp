#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <tessera/options.hpp>

#include "hdf5/survey.hpp"

namespace tessera::hdf5 {

/// What becomes different of a dataset that is copied.
struct ExportChange {
  std::optional<std::pair<std::uint64_t, std::uint64_t>> steps;  ///< begin and end along the first axis
  std::optional<Codec> codec;
  std::vector<std::uint64_t> chunk;  ///< empty: as it was
  bool single_precision = false;
  std::int64_t shift = 0;  ///< of a series of integers: these become less by so much, but not below 0

  bool changes_chunks() const noexcept { return codec || !chunk.empty() || single_precision; }
  /// Where the copy begins along the first axis.
  std::uint64_t begin() const noexcept { return steps ? steps->first : 0; }
};

/// The shape of the copy.
ChunkGrid changed_grid(const SurveyedDataset& source, const ExportChange& change);

/// Whether the copy's chunks are those of the source, as they are stored. A chunk that reaches beyond the copy's end
/// has what was there, which nobody shall see when the dataset grows.
bool keeps_stored_chunks(const SurveyedDataset& source, const ExportChange& change) noexcept;

}  // namespace tessera::hdf5
