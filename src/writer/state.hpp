#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <tessera/writer.hpp>

#include "base/attempt.hpp"
#include "comm/agree.hpp"
#include "comm/communicator.hpp"
#include "grid/chunk_choice.hpp"
#include "pipeline/engine.hpp"
#include "pipeline/plan.hpp"
#include "schema/catalog.hpp"
#include "writer/in_use.hpp"
#include "writer/step_values.hpp"

/// \file
/// What stands behind the handles of writer.hpp.

namespace tessera::detail {

/// What a handle of a field stands for; the catalog has what it is.
struct FieldEntry {
  RunEntry* run = nullptr;
  int number = 0;                           ///< in the run
  std::optional<grid::ChunkChoice> choice;  ///< how its chunk was chosen; nothing before that

  const schema::FieldRecord& record() const;
  const schema::Field& description() const { return record().field; }
};

struct StepEntry {
  RunEntry* run = nullptr;
  StepValues values;                ///< its time and scalars
  bool over = false;
  std::optional<Error> noted;       ///< the first error of a local call
  std::map<int, std::vector<pipeline::PutBox>> puts;  ///< by field number
};

/// What a handle of a run stands for; the catalog has what it is.
struct RunEntry {
  const WriterState* writer = nullptr;
  int number = 0;                       ///< of its group in the catalog
  std::vector<std::shared_ptr<FieldEntry>> fields;  ///< by number
  std::weak_ptr<StepEntry> open;        ///< weak: a step lets go of the caller's views when it goes
  pipeline::PlanCache plans;
  std::int64_t last_commit = 0;         ///< its number among those of the writer

  const schema::Group& group() const;
  std::string described() const { return group().described(); }
};

/// One open file. Handles share it; the Writer's destructor ends it.
class WriterState {
 public:
  WriterState(MPI_Comm communicator, const std::string& path, const Options& options);
  ~WriterState();

  // Collective. Each runs in together() and begins with meet().
  std::shared_ptr<RunEntry> add_run(const std::string& name, const Attributes& parameters, const RunOptions& options);
  std::shared_ptr<RunEntry> root(const Attributes& parameters, const RunOptions& options);
  std::shared_ptr<FieldEntry> add_field(RunEntry& run, const std::string& name, const Grid& grid,
                                        const FieldRequest& request);
  void add_attribute(RunEntry& run, const std::string& name, const AttributeValue& value);
  void add_scalar(RunEntry& run, const std::string& name, const ScalarOptions& options);
  void commit(StepEntry& step);
  void close();

  // Local.
  std::shared_ptr<StepEntry> begin_step(RunEntry& run, std::optional<double> time);
  void put(StepEntry& step, FieldEntry* field, const Box& box, AnyArray array);
  void put_scalar(StepEntry& step, const std::string& name, const ScalarValue& value);
  std::string explain() const;
  const schema::Catalog& catalog() const noexcept { return catalog_; }
  /// Ends the writer without close(): from the destructor.
  void abandon() noexcept;

 private:
  /// Every collective call runs in here. `verb` names the function, `name` the call in messages to other ranks: "field
  /// 'T' of run 'a'". Where it turns out that ranks are missing, the writer ends.
  template <class Body>
  decltype(auto) together(const char* verb, const std::string& name, Body&& body) {
    const InUse::Hold hold(in_use_, verb, path_);
    if (comm_.watch().verdict()) throw *comm_.watch().verdict();
    require_open(verb);
    comm_.watch().enter(name, comm::Progress::unpublished);
    try {
      return body();
    } catch (const Error&) {
      if (comm_.watch().verdict()) give_up();
      throw;
    }
  }
  /// Meets all ranks; `check` finds this rank's own errors first. Throws the same error on every rank.
  template <class Check>
  void meet(const std::string& what, Check&& check) {
    std::optional<Error> failure = std::exchange(noted_, std::nullopt);
    attempt(failure, std::forward<Check>(check));
    meet(comm::Call{what, std::move(failure)});
  }
  comm::Outcome meet(const comm::Call& call);
  void keep(schema::Catalog&& next) noexcept;
  void note(ErrorCode code, const std::string& message);
  void require_open(const char* verb) const;
  void end_all_steps();
  void close_together(const std::string& name);
  void close_engine(bool met) noexcept;
  void give_up() noexcept;

  void commit_together(StepEntry& step, const std::string& name);
  // Planning (planning.cpp).
  struct PlannedField;
  const pipeline::Plan& plan_of(StepEntry& step, const pipeline::OwnBoxes& own, std::uint64_t common);
  std::vector<PlannedField> divide_fields(RunEntry& run, const pipeline::OwnBoxes& own, const std::vector<int>& numbers);
  void choose_chunk(PlannedField& field, std::span<const Box> own, const PlannedField* like);
  void divide(PlannedField& field, std::span<const Box> own, const PlannedField* like, std::uint64_t chunks_before);
  void refuse_boxes(const StepEntry& step, const pipeline::OwnBoxes& own);
  void check_complete(const StepEntry& step, const pipeline::Plan& plan) const;
  void adopt(const std::vector<PlannedField>& fields);
  std::size_t most_bytes_of_plans() const;
  void forget_plans_of_others(const RunEntry& current);
  void define_remaining(schema::Catalog& next, RunEntry& run) const;

  // The rest of a commit (commit.cpp, write.cpp).
  void check_scalars(const StepEntry& step) const;
  void agree_on_values(StepEntry& step, const std::string& name);
  void write(StepEntry& step, const schema::Scalars& scalars, const pipeline::Plan& plan, std::uint64_t word_of_root);

  InUse in_use_;
  std::string path_;
  std::optional<Error> noted_;         ///< of local calls that belong to no open step
  Options options_;                    ///< with what the environment decides
  comm::Communicator comm_;
  std::unique_ptr<pipeline::Engine> engine_;
  bool closed_ = false;
  schema::Catalog catalog_;            ///< what the file contains, and what waits for the next commit
  bool warned_of_names_ = false;
  std::vector<std::shared_ptr<RunEntry>> runs_;  ///< by number; the root first
  std::int64_t commits_ = 0;
};

}  // namespace tessera::detail
