#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "base/workers.hpp"
#include "comm/range_scan.hpp"
#include "hdf5/free_extents.hpp"
#include "pipeline/batch.hpp"
#include "pipeline/chunk_encoder.hpp"
#include "pipeline/field_summaries.hpp"
#include "pipeline/group_loop.hpp"
#include "pipeline/measures.hpp"
#include "pipeline/shared_estimates.hpp"
#include "pipeline/statistics.hpp"
#include "storage/file.hpp"

namespace tessera::pipeline {

/// The stages from the caller's memory to the file, for one commit after the other: pack, exchange, encode, place,
/// write.
///
/// Work goes in *groups* of rounds (of one field or of several small ones), the same on every rank. Three groups are
/// under way at once: messages of the next one travel and bytes of the one before are placed and written while a group
/// is encoded. So ranks wait for each other only where one falls behind by a whole group.
class DirectRounds {
 public:
  DirectRounds(const comm::Communicator& comm, std::size_t threads);

  /// Memory for a field's plan, so that later no rank fails alone. \throws std::bad_alloc, Error
  void reserve(const schema::Field& field, const ChunkPlan& plan);

  /// What the next write() needs besides. Local. \throws std::bad_alloc
  void prepare(const std::vector<FieldData>& fields);

  struct Result {
    std::uint64_t end = 0;         ///< of the file with all bytes of all ranks; the same on every rank
    hdf5::Extent free;             ///< what is left of the free space that it was given; the same on every rank
    std::optional<Error> failure;  ///< this rank's; it took part to the end
    std::vector<std::vector<hdf5::PlacedChunk>> placed;  ///< this rank's chunks, by field of the commit
    RequestCount requests;                               ///< this rank's
  };
  /// Brings the data of the fields that were prepared into the file, from `end` on. Collective.
  /// \param free takes groups first, as long as they fit; the same on every rank
  /// \param start_sync let the file system begin with stable storage at once
  const Result& write(storage::File& file, std::uint64_t end, const hdf5::Extent& free, bool start_sync);

  /// Of the last write().
  const Result& result() const noexcept { return result_; }

  /// Of the fields that were prepared; those of this rank's chunks after write().
  FieldSummaries& summaries() noexcept { return summaries_; }

  Workers& workers() noexcept { return workers_; }
  Statistics& statistics() noexcept { return statistics_; }
  const Statistics& statistics() const noexcept { return statistics_; }

 private:
  class Writing;

  void encode(Group& group, GroupExchange& exchange, Batch& batch, Writing& writing, std::optional<Error>& failure);
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
  std::vector<pack::Summary> of_chunks_;  ///< of a group's chunks, which threads are at
  Result result_;
  Statistics statistics_;
};

}  // namespace tessera::pipeline
