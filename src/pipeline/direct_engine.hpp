#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "comm/messages.hpp"
#include "comm/node.hpp"
#include "comm/node_memory.hpp"
#include "comm/range_scan.hpp"
#include "hdf5/tree_set.hpp"
#include "pipeline/async_rounds.hpp"
#include "pipeline/chunk_plan.hpp"
#include "pipeline/direct_rounds.hpp"
#include "pipeline/engine.hpp"
#include "pipeline/file_end.hpp"
#include "pipeline/growing_chunks.hpp"
#include "pipeline/node_order.hpp"
#include "pipeline/node_output.hpp"
#include "pipeline/preflight.hpp"
#include "pipeline/rank_extents.hpp"
#include "pipeline/registrations.hpp"
#include "pipeline/size_estimates.hpp"
#include "storage/file.hpp"
#include "storage/unfinished.hpp"

namespace tessera::pipeline {

/// Tessera's own way into the file: ranks encode whole chunks and write them where nobody looks; rank 0 adds them to
/// the metadata and publishes it with one small write (hdf5/tree_set.hpp).
///
///     pack -> exchange -> encode -> place -> write (direct_rounds.hpp); then gather, commit on rank 0, answer
class DirectEngine : public Engine {
 public:
  struct Settings {
    bool overwrite = false;
    bool continues = false;  ///< the file is there, and more is written to it
    bool power_safe = false;
    std::chrono::milliseconds reader_grace{500};
    std::size_t memory_budget = 0;  ///< bytes; 0: a quarter of the rank's own bytes of a field, at least 64 MiB
    std::size_t threads = 0;        ///< that encode, with the caller's; 0: the rank's share of its node's processors
  };

  DirectEngine(const comm::Communicator& comm, const storage::Place& place, const Settings& settings)
      : comm_(comm), settings_(settings), place_(place), range_scan_(comm), gather_(comm) {}

  /// Creates the file, complete and empty, in one step; or reads what is in it.
  void open() override;
  std::optional<schema::Contents> take_contents() override { return std::exchange(contents_, std::nullopt); }
  void expect_steps(const std::string& path) noexcept override;
  void plan(std::span<const DividedField> fields, KeepPlans keep) override;
  /// Where the file ends: only rank 0 knows, since it writes the metadata. 0 where the file is not what it was.
  std::uint64_t root_value() noexcept override;
  void commit(const Commit& commit, std::optional<Error> failure, std::uint64_t root_value) override;
  bool begin(Commit& commit, std::optional<Error> failure, std::uint64_t root_value) override;
  std::size_t in_flight() const noexcept override { return in_flight_.size(); }
  std::size_t ready() override;
  void stop() noexcept override;
  std::uint64_t finish(bool behind) override;
  void count_blocked(std::chrono::steady_clock::time_point since) noexcept override;
  bool usable() const noexcept override { return usable_; }
  void close() override;
  void leave() override;
  std::uint64_t unused_bytes() const noexcept override { return trees_ ? trees_->free_bytes() : unused_bytes_; }
  const Statistics* statistics() const noexcept override { return rounds_ ? &rounds_->statistics() : nullptr; }
  const CommitMeasures* measures() const noexcept override { return has_measures_ ? &measures_ : nullptr; }
  std::string storage_text() const override { return node_ ? node_->to_text() : ""; }
  std::vector<std::string> warnings() const override { return preflight_->warnings(); }
  bool closes_alone() const noexcept override { return true; }
  /// HDF5 writes the list anew for each of them, and numbers what was written in 16 bits.
  std::size_t max_series() const noexcept override { return 65000; }
  const char* name() const noexcept override { return "direct"; }

 private:
  template <class Action>
  void together(const char* what, bool takes_part, Action&& action);
  void open_new();
  void open_found();
  void keep_stripes();
  hdf5::TreeSet::Options tree_options() const;
  void create(storage::Unfinished& unfinished);
  void give_name(storage::Unfinished& unfinished, const storage::Place& place);
  ChunkPlanRequest request_of(const DividedField& divided) const;
  std::int64_t chunks_per_round(const schema::Field& field, const Division& division, std::size_t budget) const;
  /// Where a commit's bytes go, and what of that is the space of dropped steps.
  struct Space {
    DirectRounds::Space rounds;
    hdf5::Extent used;
  };
  void prepare(const Commit& commit);
  Space space_for(std::uint64_t missing, std::uint64_t flags, const FileEnd& at);
  void write_and_publish(const Commit& commit, const Space& space);
  void prepare_registrations(const Commit& commit, FieldSummaries& summaries);

  /// What rank 0 makes a record of.
  struct Written {
    const Commit& commit;
    const std::vector<std::vector<hdf5::PlacedChunk>>& placed;  ///< this rank's chunks, by field
    std::span<const StepRow> rows;                              ///< and steps of chunks that have several
    FieldSummaries& summaries;
    std::uint64_t size = 0;  ///< to be reserved at the file's end
    RequestCount requests;   ///< of this rank
    hdf5::Extent used;       ///< of the space of dropped steps
    bool in_flight = false;  ///< another commit may follow without an agreement of its own (root_value())
  };
  /// How a commit ended, or that chunks have no place yet: then nothing was published.
  struct Verdict {
    bool is_complete = true;
    std::size_t first_group = 0;  ///< with chunks that have no place, of any rank
    std::uint64_t end = 0;        ///< of the file
  };
  hdf5::Record record_of(const Written& written, std::span<const std::byte> registrations);
  void publish_tree(const Written& written, std::span<const std::byte> registrations);
  Verdict publish(const Written& written, std::optional<Error> failure, std::size_t rest);
  comm::BytesGather::Answer answer_of_root(const Written& written,
                                           std::optional<std::span<const std::byte>> registrations,
                                           std::optional<Error>& failure);
  [[noreturn]] void fail(const std::optional<Error>& failure);
  void sync_own(std::optional<Error>& failure);
  void notice_damage(const FileEnd& at, std::optional<Error>& failure) const noexcept;
  void learn_of_free_space(const FileEnd& at);

  // Space that each rank has ahead of time (direct_engine_space.cpp).
  void reserve_space(std::span<const FieldData> fields);
  void share_space(const comm::Node& node, bool is_wanted);
  bool parts_join() const noexcept;
  std::uint64_t missing_bytes(const SizeEstimates::Expected& expected, bool more);
  hdf5::Extent take_space(std::uint64_t missing, const FileEnd& at);
  hdf5::Extent free_space();
  void give_space();
  void keep_space(const hdf5::Extent& more) noexcept;
  void return_extents();

  // Commits that do not wait (direct_engine_async.cpp).
  bool fits(const Commit& commit) const;
  void wait_for_threads(StepInFlight& step, bool behind);
  void write_rest(StepInFlight& step, std::uint64_t end);
  void drop_in_flight() noexcept;

  const comm::Communicator& comm_;
  Settings settings_;
  std::optional<CpuSet> output_cpus_;  ///< of threads that work behind the simulation, where somebody said
  storage::Place place_;
  int nodes_ = 1;
  storage::FileSystem file_system_;       ///< of the file's directory
  std::optional<std::uint64_t> writers_;  ///< of a node, at a time; where somebody said
  storage::Striping striping_;            ///< of a new file, on rank 0
  std::unique_ptr<storage::File> file_;
  std::optional<NodeOutput> node_;            ///< how chunks come to the file
  std::optional<hdf5::TreeSet> trees_;        ///< on rank 0
  GrowingChunks growing_;                     ///< the same
  std::optional<schema::Contents> contents_;  ///< of a file that was found, until somebody asks
  std::set<std::string> long_runs_;           ///< on rank 0: of these, those with many chunks, by path
  std::optional<Error> not_intact_;           ///< on rank 0: why root_value() told no end
  hdf5::Extent free_;                         ///< what the commit may use, on all ranks
  std::uint64_t unused_bytes_ = 0;            ///< when it was closed
  std::uint64_t forgotten_bytes_ = 0;         ///< on rank 0: of ranks' space, in parts that were not told at close
  bool usable_ = true;
  std::optional<DirectRounds> rounds_;
  std::optional<Preflight> preflight_;       ///< used on rank 0
  std::vector<Registration> registrations_;  ///< this rank's, of the commit
  std::uint64_t next_ = 0;                   ///< root_value() of rank 0 after the last one
  RankMeasures own_measures_{comm_.rank()};
  Statistics before_;        ///< the commit
  CommitMeasures measures_;  ///< on rank 0: of the commit
  bool has_measures_ = false;
  comm::RangeScan range_scan_;
  comm::BytesGather gather_;
  std::vector<std::unique_ptr<StepInFlight>> in_flight_;  ///< the oldest first
  std::size_t most_in_flight_ = 0;                        ///< at once, so far
  SizeEstimates sizes_;
  bool is_on_one_node_ = false;                 ///< all ranks are
  std::optional<comm::NodeMemory> node_space_;  ///< what ranks of a node share of the file
  RankExtents extents_;
  NodeOrder order_;                            ///< on rank 0, as is the next
  std::vector<hdf5::Extent> parts_;            ///< that ranks are given, by rank
  std::uint64_t stored_bytes_ = 0;             ///< on rank 0: of all ranks' chunks in the last commit that had some
  std::int64_t published_ = 0;                 ///< commits of this job, on all ranks
  std::vector<hdf5::Extent> left_;             ///< of the space of this rank, at close
  StepInFlight::Clock::time_point written_{};  ///< when threads had written the step that was finished behind
  bool has_extents_ = false;                   ///< whether ranks may have space of their own; the same on every rank
  std::optional<AsyncRounds> async_;  ///< from the first commit on that does not wait; its threads use the others
};

}  // namespace tessera::pipeline
