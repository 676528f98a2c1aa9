#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/workers.hpp"
#include "comm/range_scan.hpp"
#include "hdf5/free_extents.hpp"
#include "pipeline/bands.hpp"
#include "pipeline/batch.hpp"
#include "pipeline/chunk_encoder.hpp"
#include "pipeline/field_summaries.hpp"
#include "pipeline/group_loop.hpp"
#include "pipeline/measures.hpp"
#include "pipeline/rank_extents.hpp"
#include "pipeline/registrations.hpp"
#include "pipeline/shared_estimates.hpp"
#include "pipeline/statistics.hpp"
#include "storage/file.hpp"

namespace tessera::pipeline {

/// The stages from the caller's memory to the file, for one commit after the other: pack, exchange, encode, place,
/// write.
///
/// Work goes in *groups* of rounds (of one field or of several small ones), the same on every rank. Three groups are
/// under way at once: messages of the next one travel and bytes of the one before are placed and written while a group
/// is encoded. Where each rank has space of its own in the file (RankExtents), ranks wait only for pieces of chunks;
/// without, a prefix sum of sizes places each group, and ranks wait where one falls behind by a whole group.
class DirectRounds {
 public:
  DirectRounds(const comm::Communicator& comm, std::size_t threads);

  /// Memory for a field's plan, so that later no rank fails alone. \throws std::bad_alloc, Error
  void reserve(const schema::Field& field, const ChunkPlan& plan);

  /// What the next write() needs besides. Local. \throws std::bad_alloc
  void prepare(const std::vector<FieldData>& fields);

  /// Where bytes go: space of this rank's, or where that is nullptr, behind the bytes of the ranks before.
  struct Space {
    RankExtents* own = nullptr;
    std::uint64_t end = 0;  ///< of the file; the same on every rank, as is the next
    hdf5::Extent free;      ///< takes groups first, as long as they fit
  };
  /// Some chunks of this group, and all of those behind it, found no space of this rank's.
  struct Rest {
    std::size_t group = none;
    static constexpr std::size_t none = SIZE_MAX;
  };
  struct Result {
    Space space;                                         ///< its end and free are what is left; the same on every rank
    Rest rest;                                           ///< this rank's, as are all the others
    std::optional<Error> failure;                        ///< it took part to the end
    std::vector<std::vector<hdf5::PlacedChunk>> placed;  ///< chunks, by field of the commit
    std::vector<StepRow> rows;                           ///< steps of chunks that have several; by field, ascending
    RequestCount requests;
  };
  /// Brings the data of the fields that were prepared into the file. Collective.
  /// \param start_sync let the file system begin with stable storage at once
  const Result& write(storage::File& file, const Space& space, bool start_sync);

  /// Once more, for what found no space; what other ranks need of this one's data is sent once more. Collective.
  /// \param first the first group that any rank has a rest of
  /// \param end of the file
  const Result& write_rest(storage::File& file, std::size_t first, std::uint64_t end, bool start_sync);

  /// Of the last write().
  const Result& result() const noexcept { return result_; }

  /// Of the fields that were prepared; those of this rank's chunks after write().
  FieldSummaries& summaries() noexcept { return summaries_; }

  Workers& workers() noexcept { return workers_; }
  Statistics& statistics() noexcept { return statistics_; }
  const Statistics& statistics() const noexcept { return statistics_; }

 private:
  class Writing;

  /// Chunks of a group that are not encoded: those that have a place.
  enum class Skipped { none, placed, all };
  void run(storage::File& file, std::size_t first, const Rest& missing, bool start_sync, bool is_first_time);
  void encode(Group& group, GroupExchange& exchange, Batch& batch, Skipped skipped, Writing& writing);
  std::size_t memory_bytes() const;

  const comm::Communicator& comm_;
  Workers workers_;
  std::vector<ChunkEncoder> encoders_;  ///< by thread
  SharedEstimates estimates_;
  GroupLoop loop_;
  std::array<Batch, 2> batches_;
  comm::RangeScan range_scan_;
  std::vector<Group> groups_;  ///< of the commit
  FieldSummaries summaries_;
  std::array<std::vector<pack::Summary>, 2> of_chunks_;  ///< by batch: of its chunks, which threads are at
  Bands bands_;                                          ///< of one batch
  std::vector<Piece> pieces_;                            ///< of one batch, by slot
  std::vector<Buffer> row_bytes_;                        ///< by field of the commit
  std::vector<char> has_place_;                          ///< by slot of the group that the rest begins with
  Result result_;
  Statistics statistics_;
};

}  // namespace tessera::pipeline
