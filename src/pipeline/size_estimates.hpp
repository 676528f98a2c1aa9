#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "hdf5/placed_chunks.hpp"
#include "pipeline/stages.hpp"

namespace tessera::pipeline {

/// How many bytes this rank's chunks take in the file, by what those of steps before took. Depends on sizes alone, so
/// that equal programs get equal answers.
class SizeEstimates {
 public:
  /// Memory for a commit's fields. \throws std::bad_alloc
  void reserve(std::span<const FieldData> fields);

  struct Expected {
    std::uint64_t bytes = 0;   ///< of all chunks, and a little more
    std::uint64_t likely = 0;  ///< of all chunks
    std::uint64_t chunks = 0;
    std::uint64_t largest = 0;  ///< of a chunk, and a little more
    bool is_known = true;    ///< something is known of each field that this rank has chunks of; others count as nothing
    std::uint64_t low = 0;   ///< a chunk that takes few bytes
    std::uint64_t high = 0;  ///< and one that takes many

    /// So many steps alike.
    Expected times(std::uint64_t count) const noexcept {
      return {bytes * count, likely * count, chunks * count, largest, is_known, low, high};
    }
    /// For one chunk more where there are few and their sizes vary: with two parts to choose from less is left of each
    /// (RankExtents).
    Expected with_choice() const noexcept;
  };
  Expected expected(std::span<const FieldData> fields) const noexcept;
  /// The same for a step to come, if it is like this one: without what is written once.
  Expected expected_next(std::span<const FieldData> fields) const noexcept;

  /// What the chunks of a commit took. \param placed by field of the commit
  void learn(std::span<const FieldData> fields, const std::vector<std::vector<hdf5::PlacedChunk>>& placed) noexcept;

  /// Of all that was learnt.
  std::uint64_t stored_bytes() const noexcept { return stored_bytes_; }

 private:
  struct Estimate {
    double ratio = 0;    ///< stored over raw bytes of the last step; 0: not known
    double largest = 0;  ///< the same of the chunk that took most
    double low = 0;      ///< of chunks that took few and many of the last steps, which fades
    double high = 0;
    double margin = 0.125;  ///< of what is expected: by how much steps differed from those before them
  };
  void add(Expected& sum, const FieldData& data) const noexcept;

  std::map<std::string, Estimate, std::less<>> estimates_;  ///< by dataset
  std::uint64_t stored_bytes_ = 0;
};

}  // namespace tessera::pipeline
