#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "pack/side_by_side.hpp"
#include "pipeline/batch.hpp"

namespace tessera::pipeline {

/// Chunks that are neighbours along the fastest axis of an array of this rank's, which has all that they get, are a
/// band: their rows follow each other in the caller's memory, and are read in that order (pack_side_by_side). That is
/// up to twice as fast where a band has all chunks that the array's rows lie in.
class Bands {
 public:
  /// Memory for bands of so many slots, cut for so many threads. \throws std::bad_alloc; what follows does not, then
  void reserve(std::size_t slots, std::size_t threads);

  /// Forgets all.
  void clear() noexcept;
  /// A slot whose chunk is to be assembled in it; those of neighbours follow each other. \param source of its field
  void add(const Batch& batch, Batch::Slot& slot, const FieldSource& source);
  enum class Which { all, whole_rows };
  /// Finds the bands, and marks their slots as assembled.
  /// \param which only those of several chunks that have the whole, contiguous rows of an array: the memory of
  ///              others is read no faster, so that they are better assembled when they are encoded
  /// \param threads that share the bands: where there are fewer, they are cut
  void find(Which which, std::size_t threads);

  std::size_t size() const noexcept { return bands_.size(); }
  /// Copies one of them to the buffers of its slots. Any thread; several at the same time.
  void assemble(std::size_t number, pack::Stores stores) const;

 private:
  struct Candidate {
    Batch::Slot* slot;
    const LocalPiece* piece;  ///< the only one of its chunk
    const FieldSource* source;
    std::span<std::byte> raw;
  };
  struct Band {
    std::size_t first = 0;  ///< candidate
    std::size_t count = 0;
    std::int64_t lower = 0;  ///< cells along the slowest axis, which threads share
    std::int64_t upper = 0;
  };
  static bool has_whole_rows(const Candidate& first, const Candidate& last);
  static bool are_neighbours(const Candidate& a, const Candidate& b);
  static void fill_layers(const Candidate& candidate, const Band& band);
  void cut(std::size_t threads);

  std::vector<Candidate> candidates_;
  std::vector<Band> bands_;
};

}  // namespace tessera::pipeline
