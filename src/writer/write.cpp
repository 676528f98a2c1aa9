#include <optional>
#include <string>
#include <utility>

#include "base/commit_time.hpp"
#include "writer/report_choice.hpp"
#include "writer/state.hpp"
#include "writer/text.hpp"

/// \file
/// The last part of a commit: the step goes to the engine, and what it changes is kept when it is in the file.

namespace tessera::detail {

namespace {

/// What every rank hands over; this rank's data besides.
pipeline::Commit assemble(StepEntry& step, const schema::Catalog& catalog, const pipeline::Plan& plan) {
  pipeline::Commit commit;
  commit.definitions = catalog.queued();
  const schema::Group& group = catalog.group(step.run->number);
  for (const int number : plan.fields) {
    const schema::FieldRecord& record = catalog.field(step.run->number, number);
    const schema::Field& field = record.field;
    commit.fields.push_back({&field,
                             field.time_dependent ? std::optional(group.steps_on(field.time_axis)) : std::nullopt,
                             catalog.first_chunk(step.run->number, field),
                             {},
                             catalog.statistics_of(step.run->number, record),
                             plan.chunks.at(number)});
    const auto puts = step.puts.find(number);
    if (puts != step.puts.end()) commit.fields.back().puts = std::move(puts->second);
  }
  return commit;
}

Error with_remedy(const Error& error) noexcept {
  std::optional<Error> longer;
  std::optional<Error> ignored;
  attempt(ignored, [&] {
    const std::string text = std::string(error.what()) + "; then write the step again, with a new Run::step";
    longer.emplace(error.code(), text, error.ranks());
  });
  return longer ? *longer : error;
}

}  // namespace

/// The catalog is as before where the commit fails, unless the engine has brought in the definitions all the same.
/// \param root_value what rank 0 told in the agreement before (Engine::root_value)
void WriterState::write(StepEntry& step, const pipeline::Plan& plan, std::uint64_t root_value, bool waits) {
  const int run = step.run->number;
  const std::optional<double>& time = step.values.time;
  const std::int64_t number = time ? catalog_.group(run).steps : -1;
  std::list<PendingStep> made;
  schema::Catalog defined;
  schema::Catalog next;
  pipeline::Commit commit;
  std::optional<Error> failure;
  attempt(failure, [&] {
    const schema::Scalars scalars = step.values.all_scalars();
    defined = catalog_;
    defined.define_step(run, time.has_value(), plan.fields, scalars);
    commit = assemble(step, defined, plan);
    next = defined;
    commit.step = next.add_step(run, time ? &*time : nullptr, plan.fields, scalars);
    if (!waits) made.push_back({step_name(step), catalog_, defined, next, run, number, !commit.definitions.empty(), 0});
    if (!waits && publisher_) publisher_->prepare([this] { publish_behind(); });
  });
  const bool drops = drops_steps(step);
  if (side_files_ && !failure && drops) side_files_->before_cut(catalog_, run);
  if (is_measured(options_)) commit.measured = clock_.before_engine();
  try {
    if (!waits && !drops && engine_->begin(commit, failure, root_value)) {
      next.settle();
      keep(std::move(next));
      made.front().after.settle();
      made.front().seconds = clock_.seconds();
      pending_.splice(pending_.end(), made);
      note_steps_in_flight(1);
      return;
    }
    engine_->commit(commit, std::move(failure), root_value);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::rank_missing) throw;
    if (engine_->keeps_definitions()) {
      defined.settle();
      keep(std::move(defined));
    }
    if (engine_->usable()) throw with_remedy(error);
    throw;
  }
  next.settle();
  keep(std::move(next));
  ++committed_;
  if (reporter_) {
    reporter_->add(engine_->measures(), step.run->group().run->name, number, clock_.seconds());
  }
  if (side_files_) side_files_->after_commit(catalog_, run, !commit.definitions.empty());
}

}  // namespace tessera::detail
