#pragma once

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <tessera/mesh.hpp>
#include <tessera/writer.hpp>

#include "base/attempt.hpp"
#include "base/function_ref.hpp"
#include "comm/agree.hpp"
#include "comm/communicator.hpp"
#include "grid/chunk_choice.hpp"
#include "paraview/live.hpp"
#include "pipeline/engine.hpp"
#include "pipeline/plan_cache.hpp"
#include "pipeline/statistics.hpp"
#include "schema/catalog.hpp"
#include "schema/mesh.hpp"
#include "writer/commit_clock.hpp"
#include "writer/in_use.hpp"
#include "writer/publishing_thread.hpp"
#include "writer/reporter.hpp"
#include "writer/step_values.hpp"

/// \file
/// What stands behind the handles of writer.hpp.

namespace tessera::detail {

struct LevelEntry;
struct MeshValues;
struct RefinedDefinitions;
struct RefinedFieldEntry;
struct RefinementEntry;
struct TableEntry;

/// What a handle of a field stands for; the catalog has what it is.
struct FieldEntry {
  RunEntry* run = nullptr;
  int number = 0;                               ///< in the run
  std::optional<grid::ChunkChoice> choice;      ///< how its chunk was chosen; nothing before that
  std::shared_ptr<const MeshSpaceEntry> space;  ///< that it lies on; nullptr: it is on a grid
  std::shared_ptr<const TableEntry> table;      ///< of which it is a column; nullptr: of none

  const schema::FieldRecord& record() const;
  const schema::Field& description() const { return record().field; }
};

struct StepEntry {
  RunEntry* run = nullptr;
  StepValues values;  ///< its time and scalars
  bool over = false;
  std::optional<Error> noted;                         ///< the first error of a local call
  std::map<int, std::vector<pipeline::PutBox>> puts;  ///< by field number
  /// The same of values that the ranks hold in another order than the file: of boxes from 0.
  std::map<int, pipeline::PutBox> own_puts;
  std::size_t copied_bytes = 0;  ///< in copies that tessera::copied asked for
  /// Of tables of which columns were put: how many rows, and the first column that said so.
  std::map<const TableEntry*, std::pair<std::int64_t, const FieldEntry*>> rows;
  std::set<const RefinementEntry*> refinements;  ///< of which fields were put
  std::size_t meshes_put = 0;                    ///< how many of RunEntry::awaited are among its puts
};

/// This rank's part of a dataset of a mesh, which is to come into the file.
struct MeshPut {
  std::shared_ptr<FieldEntry> field;
  Box box;
  AnyArray array;  ///< owns its memory
};

/// What a handle of a run stands for; the catalog has what it is.
struct RunEntry {
  const WriterState* writer = nullptr;
  int number = 0;                                   ///< of its group in the catalog
  std::vector<std::shared_ptr<FieldEntry>> fields;  ///< by number
  std::vector<std::shared_ptr<TableEntry>> tables;  ///< that this writer was asked for
  std::vector<std::shared_ptr<RefinementEntry>> refinements;
  std::weak_ptr<StepEntry> open;  ///< weak: a step lets go of the caller's views when it goes
  std::vector<MeshPut> awaited;   ///< of versions of meshes: come with the run's next commit
  pipeline::PlanCache plans;
  std::int64_t last_commit = 0;  ///< its number among those of the writer

  const schema::Group& group() const;
  std::string described() const { return group().described(); }
};

/// What a writer is made of, before the ranks agree.
struct WriterSetup {
  std::string path;
  Options options;             ///< with what the environment decides
  std::optional<Error> noted;  ///< what makes no sense there
};

/// One open file. Handles share it; the Writer's destructor ends it.
class WriterState {
 public:
  /// Creates the file. Collective. A rank without memory for its own part tells the others.
  static std::shared_ptr<WriterState> open(MPI_Comm communicator, const std::string& path, const Options& options);
  WriterState(MPI_Comm communicator, WriterSetup&& setup);
  ~WriterState();

  // Collective. Each runs in together() and begins with agree().
  std::shared_ptr<RunEntry> add_run(const std::string& name, const Attributes& parameters, const RunOptions& options);
  std::shared_ptr<RunEntry> root(const Attributes& parameters, const RunOptions& options);
  std::shared_ptr<FieldEntry> add_field(RunEntry& run, const std::string& name, const Grid& grid,
                                        FunctionRef<FieldRequest()> make_request);
  std::shared_ptr<FieldEntry> add_mesh_field(RunEntry& run, const std::string& name,
                                             const std::shared_ptr<const MeshSpaceEntry>& space,
                                             FunctionRef<FieldRequest()> make_request);
  /// Several collective calls, one after the other: the mesh is in the file when it returns, unless it is a version.
  std::shared_ptr<MeshEntry> add_mesh(RunEntry& run, const std::string& name, const MeshPart& part,
                                      const MeshOptions& options);
  std::shared_ptr<TableEntry> add_table(RunEntry& run, const std::string& name, const TableOptions& options);
  std::shared_ptr<FieldEntry> add_column(RunEntry& run, const std::string& name,
                                         const std::shared_ptr<TableEntry>& table,
                                         FunctionRef<FieldRequest()> make_request);
  std::shared_ptr<RefinementEntry> add_refinement(RunEntry& run, const std::string& name,
                                                  const RefinementOptions& options);
  std::shared_ptr<RefinedFieldEntry> add_refined_field(RunEntry& run, const std::string& name,
                                                       const std::shared_ptr<RefinementEntry>& refinement,
                                                       FunctionRef<FieldRequest()> make_request);
  void regrid(RunEntry& run, RefinementEntry* refinement, const LevelBoxes& boxes);
  void add_attribute(RunEntry& run, const std::string& name, const AttributeValue& value);
  void add_scalar(RunEntry& run, const std::string& name, const ScalarOptions& options);
  void keep_steps(RunEntry& run, std::int64_t steps);
  void keep_until(RunEntry& run, double time);
  /// \param step nullptr where there was no memory for one; then that is noted
  /// \param waits until the step is in the file; else it may be in flight afterwards
  void commit(StepEntry* step, bool waits);
  void progress();
  void wait();
  void close();

  // Local. Nothing where there is no memory for a step; the next collective call tells.
  std::shared_ptr<StepEntry> begin_step(RunEntry& run, std::optional<double> time);
  /// \param box nullptr: this rank's own values of a field on a mesh, in its order, or its rows of a table
  void put(StepEntry* step, FieldEntry* field, const Box* box, AnyArray array);
  /// \param arrays one for each of this rank's boxes of the level
  void put_level(StepEntry* step, const RefinedFieldEntry* field, int level, std::vector<AnyArray> arrays);
  /// Of a put whose own part found none, before it came here.
  void note_no_memory(StepEntry* step);
  void put_scalar(StepEntry* step, const std::string& name, const ScalarValue& value);
  std::string explain() const;
  std::uint64_t unused_bytes() const noexcept {
    return engine_ && !is_publishing() ? engine_->unused_bytes() : unused_bytes_;
  }
  Report report() const { return reporter_ ? reporter_->report() : Report{}; }
  const schema::Catalog& catalog() const noexcept { return catalog_; }
  /// How many are in the file.
  std::int64_t committed() const noexcept { return committed_ + (publisher_ && publisher_->has_published() ? 1 : 0); }
  std::size_t in_flight() const noexcept { return pending_.size() - (publisher_ && publisher_->is_done() ? 1 : 0); }
  /// Ends the writer without close(): from the destructor.
  void abandon() noexcept;

 private:
  /// Every collective call runs in here, when the steps that are in flight are in the file.
  template <class Name, class Body>
  decltype(auto) together(const char* verb, const Name& name, Body&& body) {
    return enter(verb, name, [&]() -> decltype(auto) {
      finish_before(name);
      return body();
    });
  }
  /// `verb` names the function, `name()` the call in messages to other ranks: "field 'T' of run 'a'". Where it turns
  /// out that ranks are missing, or that one has left, the writer ends.
  template <class Name, class Body>
  decltype(auto) enter(const char* verb, const Name& name, Body&& body) {
    const InUse::Hold hold(in_use_, verb, path_);
    end_publishing();
    if (comm_.watch().verdict()) throw *comm_.watch().verdict();
    require_open(verb);
    std::optional<Error> ignored;  // then it has the function's name
    comm_.watch().enter(verb, comm::Progress::unpublished);
    attempt(ignored, [&] { comm_.watch().enter(name(), comm::Progress::unpublished); });
    try {
      return body();
    } catch (...) {
      const Error error = caught_error();
      end_if_over(error);
      throw error;
    }
  }
  /// Agrees with all ranks; `what()` is the call, exactly, and `check` finds this rank's own errors first, and makes
  /// what is kept when all agree: what comes after this cannot fail. Throws the same error on every rank.
  template <class What, class Check>
  void agree(const What& what, Check&& check) {
    comm::Call call;
    call.error = std::exchange(noted_, std::nullopt);
    attempt(call.error, [&] { call.what = what(); });
    attempt(call.error, std::forward<Check>(check));
    comm::agree(comm_, call);
  }
  void check_options() const;
  void create_file(const std::string& path, std::optional<Error> failure);
  void continue_file(const std::string& path, std::optional<Error> failure);
  void add_entries(const schema::Catalog& catalog);
  std::unique_ptr<paraview::LiveSideFiles> make_side_files() const;
  void keep(schema::Catalog&& next) noexcept;
  template <class What, class Describe>
  std::shared_ptr<FieldEntry> define_field(RunEntry& run, const std::string& name, const What& what,
                                           const Describe& describe, Grid* grid = nullptr);
  std::shared_ptr<FieldEntry> add_mesh_array(RunEntry& run, const schema::MeshArray& array);
  void store_mesh(RunEntry& run, MeshValues& values, bool is_version);
  void put_awaited(StepEntry& step);
  template <class Name, class Steps>
  void drop_steps(const char* verb, RunEntry& run, const Name& name, Steps&& steps);
  void require_open(const char* verb) const;
  void end_all_steps();
  void close_together();
  void bring_in_the_rest(std::uint64_t root_value);
  void tell_unused_bytes() const noexcept;
  void close_engine(bool agreed) noexcept;
  void end_if_over(const Error& error) noexcept;
  void give_up() noexcept;
  bool speaks_alone() const noexcept;

  void commit_together(StepEntry* step, bool waits);
  // Steps in flight (in_flight.cpp).
  /// Before a call that has no agreement of its own yet.
  template <class Name>
  void finish_before(const Name& name) {
    tell_what_was_lost();
    if (pending_.empty()) return;
    agree([&] { return "steps in flight, before " + std::string(name()); }, [] {});
    finish_all_but(0);
  }
  bool drops_steps(const StepEntry& step) const {
    return step.values.time && !catalog_.group(step.run->number).cut.empty();
  }
  std::optional<std::uint64_t> finish_before_commit(StepEntry& step, bool waits);
  std::optional<std::uint64_t> finish_all_but(std::size_t left);
  void drop_in_flight() noexcept;
  std::uint64_t finish_oldest();
  std::uint64_t publish_oldest(bool behind);
  Error lose_steps(const Error& error) noexcept;
  // By a thread (Options::publish_by).
  std::unique_ptr<PublishingThread> make_publisher() const;
  void begin_publishing() noexcept;
  void publish_behind();
  void end_publishing() noexcept;
  void tell_what_was_lost();
  /// While it does the engine is not looked at.
  bool is_publishing() const noexcept { return publisher_ && publisher_->is_at_work(); }
  // Planning (planning.cpp).
  struct PlannedField;
  struct Planning;
  const pipeline::Plan& plan_of(StepEntry& step, const pipeline::OwnBoxes& own, std::uint64_t common);
  void gather_fields(RunEntry& run, const pipeline::OwnBoxes& own, Planning& planning);
  void divide_fields(const pipeline::OwnBoxes& own, Planning& planning);
  void choose_chunk(PlannedField& field, std::span<const grid::ChunkAxis> axes) const;
  void refuse_boxes(const StepEntry& step, const pipeline::OwnBoxes& own);
  void check_complete(const StepEntry& step, const pipeline::Plan& plan) const;
  std::size_t max_bytes_of_plans() const;
  void forget_plans_of_others(const RunEntry& current);
  void define_remaining(schema::Catalog& next, RunEntry& run) const;

  // The rest of a commit (commit.cpp, write.cpp).
  void check_scalars(const StepEntry& step) const;
  // Refinements (refinement.cpp, refined_puts.cpp).
  void define_level(RunEntry& run, RefinementEntry& refinement, int level, RefinedDefinitions& definitions) const;
  void keep_definitions(RunEntry& run, RefinedDefinitions&& definitions) noexcept;
  void put_boxes(StepEntry& step, const RefinementEntry& refinement);
  // Rows of tables (table_rows.cpp).
  void place_rows(StepEntry& step, pipeline::OwnBoxes& own);
  void agree_on_values(StepEntry& step, const std::string& name);
  void count_plans(RunEntry& run, std::int64_t commit_before);
  void take_own_puts(StepEntry& step, const pipeline::Plan& plan);
  void write(StepEntry& step, const pipeline::Plan& plan, std::uint64_t root_value, bool waits);
  std::unique_ptr<Reporter> make_reporter() const;

  InUse in_use_;
  std::string path_;
  std::optional<Error> noted_;  ///< of local calls that belong to no open step
  Options options_;             ///< with what the environment decides
  comm::Communicator comm_;
  /// A commit that was begun and is not in the file. The catalog counts it already.
  struct PendingStep {
    std::string name;
    schema::Catalog before;   ///< what the file contains without it
    schema::Catalog defined;  ///< the engine uses its fields
    schema::Catalog after;
    int run = 0;
    std::int64_t number = -1;  ///< of the step in the run; -1: static fields
    bool has_definitions = false;
    double seconds = 0;  ///< that its commit has taken so far
  };
  std::list<PendingStep> pending_;  ///< the oldest first; the engine, which is gone before, uses them
  std::unique_ptr<pipeline::Engine> engine_;
  std::unique_ptr<paraview::LiveSideFiles> side_files_;  ///< on rank 0, where there are to be any
  std::unique_ptr<Reporter> reporter_;                   ///< on rank 0, where commits are measured
  CommitClock clock_;                                    ///< of the commit
  /// When the file was closed, or a thread began to publish.
  std::uint64_t unused_bytes_ = 0;
  pipeline::Statistics statistics_;  ///< when a thread began to publish
  std::optional<Error> lost_;        ///< what a thread met that published; the next collective call tells
  bool closed_ = false;
  std::string opened_at_;    ///< when, by rank 0's clock
  std::string close_name_;   ///< of the call that ends the writer, for the agreement
  schema::Catalog catalog_;  ///< what the file contains, and what waits for the next commit
  bool warned_of_names_ = false;
  std::vector<std::shared_ptr<RunEntry>> runs_;  ///< by number; the root first
  std::int64_t commits_ = 0;                     ///< that were begun
  std::int64_t committed_ = 0;                   ///< that are in the file
  struct Planned {
    RunEntry* run = nullptr;
    std::size_t bytes = 0;  ///< of its plans
  };
  std::map<std::int64_t, Planned> planned_;  ///< runs that have plans, by their last commit
  std::size_t planned_bytes_ = 0;
  std::unique_ptr<PublishingThread>
      publisher_;  ///< nullptr: the next call publishes; the last, since it uses the others
};

}  // namespace tessera::detail
