#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "hdf5/placed_chunks.hpp"
#include "pipeline/field_summaries.hpp"
#include "pipeline/measures.hpp"
#include "pipeline/stages.hpp"

/// \file
/// What ranks tell rank 0 of a commit, in one message each: where their chunks lie, statistics of these, and how long
/// that took.

namespace tessera::pipeline {

/// 16 bytes, of which a chunk takes one. They come in sections; the first of a section says what the others are.
struct Registration {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};
static_assert(sizeof(Registration) == 16);

/// A step of a field whose chunks have several, as its owner assembled it.
struct StepRow {
  std::size_t field = 0;  ///< its number in the commit
  std::span<const std::byte> bytes;
};

/// The most registrations of this rank, and of all.
struct RegistrationCount {
  std::size_t own = 0;
  std::size_t all = 0;
};
RegistrationCount count_registrations(const Commit& commit, FieldSummaries& summaries, std::size_t ranks);

/// This rank's, into a list that has room. \param placed chunks, by field \param rows by field, ascending
void register_all(const std::vector<std::vector<hdf5::PlacedChunk>>& placed, std::span<const StepRow> rows,
                  FieldSummaries& summaries, std::vector<Registration>& list) noexcept;
void register_measures(const RankMeasures& measures, std::vector<Registration>& list) noexcept;

/// On rank 0: all ranks' chunks by field, and all ranks' statistics and measures instead of its own. \param rows are
/// views of the registrations
/// \throws std::bad_alloc
void take_all(std::span<const std::byte> registrations, std::vector<hdf5::PlacedChunks>& chunks,
              std::vector<StepRow>& rows, FieldSummaries& summaries, CommitMeasures& measures);

}  // namespace tessera::pipeline
