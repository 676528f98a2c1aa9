#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/background.hpp"
#include "base/workers.hpp"
#include "pipeline/bands.hpp"
#include "pipeline/chunk_encoder.hpp"
#include "pipeline/rank_extents.hpp"
#include "pipeline/shared_estimates.hpp"
#include "pipeline/statistics.hpp"
#include "pipeline/step_in_flight.hpp"
#include "storage/file.hpp"

namespace tessera::pipeline {

/// The stages from the caller's memory to the file for commits that do not wait: take (pack, exchange, assemble) on the
/// calling thread; encode and write on threads of their own, into space of this rank's (RankExtents). What finds no
/// space there is kept, encoded, in the memory where it was assembled, and written when the commit is finished.
class AsyncRounds {
 public:
  /// \param threads that encode and write in the background
  /// \param workers of the calling thread, which help it to assemble
  /// \param cpus where the threads run; nothing: where the rank does
  /// \param extents where they write
  AsyncRounds(const comm::Communicator& comm, Workers& workers, std::size_t threads, const std::optional<CpuSet>& cpus,
              RankExtents& extents, Statistics& statistics);

  std::size_t threads() const noexcept { return background_.count(); }

  /// Memory for a step, which takes the commit over. Local. \throws std::bad_alloc
  std::unique_ptr<StepInFlight> prepare(Commit&& commit);

  /// Brings the puts into the step's memory. Collective. Afterwards the caller's memory is not needed any more.
  /// \param others that are in flight
  void take(StepInFlight& step, std::size_t others);
  /// Has the threads begin. Local.
  void start(StepInFlight& step, storage::File& file, bool sync);
  bool is_done(const StepInFlight& step) { return !step.task || background_.is_done(*step.task); }
  /// Until the threads are done with it. Local.
  void wait(StepInFlight& step, storage::File& file, bool sync);

  /// Its memory serves the next ones.
  void recycle(std::unique_ptr<StepInFlight> step) noexcept;
  /// Begins nothing more, and waits for what the threads are at. Local.
  void cancel() noexcept { background_.cancel(); }

 private:
  void reserve(const FieldData& data);
  void reserve_outputs(std::size_t bytes, std::size_t slots);
  void lay_out(StepInFlight& step);
  void find_bands(StepInFlight& step, std::size_t number);
  void assemble(StepInFlight& step, std::size_t number, GroupExchange& exchange, std::optional<Error>& failure);
  void work_at(StepInFlight& step, const StepInFlight::Part& part, std::size_t thread, storage::File& file, bool sync);
  void encode(const StepInFlight::Part& part, std::size_t thread);
  void write(StepInFlight& step, const StepInFlight::Part& part, std::size_t thread, storage::File& file, bool sync);
  std::size_t memory_bytes(const StepInFlight& step, std::size_t others) const noexcept;

  Workers& workers_;
  Statistics& statistics_;
  std::vector<ChunkEncoder> encoders_;  ///< by thread, as are the next
  std::vector<Buffer> outputs_;
  std::vector<std::vector<std::span<const std::byte>>> lists_;  ///< encoded chunks of a part, by slot
  std::vector<std::vector<Piece>> pieces_;                      ///< the same, in the order in which they are written
  std::vector<std::vector<std::span<const std::byte>>> runs_;   ///< what is written at once
  SharedEstimates estimates_;
  GroupLoop loop_;
  RankExtents& extents_;
  Bands bands_;  ///< of what is assembled next
  std::vector<std::vector<Batch>> spare_;
  StepInFlight::Clock::time_point last_ended_{};  ///< when the threads were done with the step before
  Background background_;                         ///< the last member: its threads use the others
};

}  // namespace tessera::pipeline
