#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "pipeline/direct_engine.hpp"

namespace tessera::pipeline {

/// The state of one commit on this rank.
struct DirectEngine::Writing {
  std::uint64_t end = 0;                    ///< of the file, with all batches so far; the same on every rank
  std::optional<Error> failure;             ///< this rank's; it goes on taking part
  std::vector<std::shared_ptr<const void>> copies;  ///< host copies of the current field's arrays, by put
  std::vector<std::vector<hdf5::PlacedChunk>> placed;  ///< by field of the commit
};

}  // namespace tessera::pipeline
