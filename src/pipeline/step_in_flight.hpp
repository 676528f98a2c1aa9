#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <tessera/error.hpp>

#include "base/background.hpp"
#include "hdf5/free_extents.hpp"
#include "pipeline/batch.hpp"
#include "pipeline/field_summaries.hpp"
#include "pipeline/group_loop.hpp"
#include "pipeline/measures.hpp"
#include "pipeline/registrations.hpp"
#include "pipeline/stages.hpp"
#include "storage/file.hpp"

namespace tessera::pipeline {

/// A commit that was begun: its chunks are assembled in memory of the library, threads encode and write them.
struct StepInFlight {
  using Clock = std::chrono::steady_clock;

  /// Chunks of one batch that one thread encodes and writes together.
  struct Part {
    Batch* batch = nullptr;
    std::size_t first = 0;
    std::size_t count = 0;
    std::span<Batch::Slot> slots() const { return std::span(batch->slots()).subspan(first, count); }
  };

  Commit commit;               ///< without puts, once they have been taken
  std::vector<Group> groups;   ///< they refer to the commit, so this stays where it is
  std::vector<Batch> batches;  ///< by group
  std::vector<Part> parts;
  FieldSummaries summaries;
  std::vector<pack::Summary> of_chunks;
  std::vector<std::vector<hdf5::PlacedChunk>> placed;  ///< this rank's chunks, by field of the commit
  std::vector<StepRow> rows;                           ///< its steps of chunks that have several; by field, ascending
  std::optional<Error> failure;                        ///< this rank's; it takes part to the end
  std::shared_ptr<Background::Task> task;
  hdf5::Extent free;  ///< space of dropped steps that was taken for it
  std::size_t raw_bytes = 0;
  std::mutex mutex;   ///< of the next three, which threads add to
  double encode = 0;  ///< seconds, of all threads
  double write = 0;   ///< the same
  RequestCount requests;
  double copy = 0;          ///< seconds of the calling thread
  Clock::time_point begun;  ///< when the threads could begin

  /// Fills `placed` and `rows`; chunks that have no place in the file yet have the address 0.
  void list_chunks() noexcept;

  /// Bytes of what found no space while threads were at it.
  std::uint64_t rest() noexcept;
  /// Writes that. \param address where in the file
  void write_rest(storage::File& file, std::uint64_t address);
};

}  // namespace tessera::pipeline
