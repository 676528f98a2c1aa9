#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
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
#include "schema/description.hpp"

/// \file
/// What stands behind the handles of writer.hpp.

namespace tessera::detail {

struct FieldEntry {
  schema::Field description;
  RunEntry* run = nullptr;
  int number = 0;                   ///< position in the run's list of fields
  bool chunk_given = false;         ///< by the user
  std::optional<grid::ChunkChoice> choice;
  bool created = false;             ///< its dataset exists, or is among the pending operations
  bool written = false;             ///< some commit had data of it
};

struct StepEntry {
  RunEntry* run = nullptr;
  std::optional<double> time;       ///< nothing: static fields alone
  bool over = false;
  std::optional<Error> noted;       ///< the first error of a local call
  std::map<int, std::vector<pipeline::PutBox>> puts;  ///< by field number
  std::map<std::string, double> scalars;
};

struct RunEntry {
  WriterState* writer = nullptr;
  schema::Run description;
  std::set<std::string> names;          ///< of all members of the group
  std::set<std::string> attribute_names;
  std::map<std::string, schema::Axis> axes;
  std::set<std::string> created_axes;
  bool time_created = false;
  std::vector<std::shared_ptr<FieldEntry>> fields;
  std::map<std::string, ScalarOptions> scalars;   ///< declared ones
  std::set<std::string> created_scalars;
  std::int64_t steps = 0;               ///< committed
  double last_time = 0;
  std::weak_ptr<StepEntry> open;        ///< weak: a step lets go of the caller's views when it goes
  pipeline::PlanCache plans;
  std::int64_t last_commit = 0;         ///< its number among those of the writer

  std::string described() const;        ///< "run 'name'" for messages
};

/// One open file. Handles share it; the Writer's destructor ends it.
class WriterState {
 public:
  WriterState(MPI_Comm communicator, const std::string& path, const Options& options);
  ~WriterState();

  // Collective. Each begins with meet().
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
  void put_scalar(StepEntry& step, const std::string& name, double value);
  std::string explain() const;
  /// Ends the writer without close(): from the destructor.
  void abandon() noexcept;

 private:
  /// Meets all ranks; `check` finds this rank's own errors first. Throws the same error on every rank.
  template <class Check>
  std::uint64_t meet(const std::string& what, Check&& check) {
    std::optional<Error> failure = std::exchange(noted_, std::nullopt);
    attempt(failure, std::forward<Check>(check));
    return meet(what, std::move(failure));
  }
  std::uint64_t meet(const std::string& what, std::optional<Error> failure, std::uint64_t offers = 0);
  void check_series(const RunEntry& run, std::size_t added) const;
  void note(ErrorCode code, const std::string& message);
  void require_open(const char* what) const;
  void end_all_steps();
  void close_engine(bool met) noexcept;

  // Planning (planning.cpp).
  struct PlannedField;
  const pipeline::Plan& plan_of(StepEntry& step, const pipeline::OwnBoxes& own, std::uint64_t common);
  std::vector<PlannedField> divide_fields(RunEntry& run, const pipeline::OwnBoxes& own, const std::vector<int>& numbers);
  void choose_chunk(PlannedField& field, std::span<const Box> own, const PlannedField* like);
  void divide(PlannedField& field, std::span<const Box> own, const PlannedField* like, std::uint64_t chunks_before);
  void refuse_boxes(const StepEntry& step, const pipeline::OwnBoxes& own);
  void check_complete(const StepEntry& step, const pipeline::Plan& plan) const;
  static void adopt(const PlannedField& field);
  std::size_t most_bytes_of_plans() const;
  void forget_plans_of_others(const RunEntry& current);
  void choose_chunk_of_nobody(FieldEntry& field) const;

  // The rest of a commit, in order (commit.cpp).
  void create_remaining(RunEntry& run);
  void ensure_created(FieldEntry& field);
  void ensure_time(RunEntry& run);
  void ensure_axis(RunEntry& run, const schema::Axis& axis);
  void ensure_scalar(RunEntry& run, const std::string& name);
  pipeline::Commit assemble(StepEntry& step, const pipeline::Plan& plan);
  void write(StepEntry& step, const pipeline::Plan& plan);

  comm::Communicator comm_;
  std::string path_;
  Options options_;
  std::unique_ptr<pipeline::Engine> engine_;
  bool closed_ = false;
  std::optional<Error> noted_;         ///< of local calls that belong to no open step
  std::vector<std::shared_ptr<RunEntry>> runs_;
  std::shared_ptr<RunEntry> root_;
  std::int32_t next_dimension_ = 0;
  std::int64_t commits_ = 0;
};

}  // namespace tessera::detail
