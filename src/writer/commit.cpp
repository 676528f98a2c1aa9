#include <algorithm>

#include "base/commit_time.hpp"
#include "schema/layout.hpp"
#include "writer/put_memory.hpp"
#include "writer/state.hpp"
#include "writer/text.hpp"

/// \file
/// The collective commit: meet, plan (planning.cpp), define, hand to the engine.

namespace tessera::detail {

namespace {

pipeline::OwnBoxes boxes_of(const StepEntry& step) {
  pipeline::OwnBoxes boxes;
  for (const auto& [field, puts] : step.puts) {
    for (const pipeline::PutBox& put : puts) boxes[field].push_back(put.box);
  }
  return boxes;
}

}  // namespace

void WriterState::commit(StepEntry& step) {
  const CommitTimer timer;
  const std::string name = step_name(step);
  together("Step::commit", name, [&] { commit_together(step, name); });
}

void WriterState::commit_together(StepEntry& step, const std::string& name) {
  RunEntry& run = *step.run;
  const bool was_over = step.over;
  step.over = true;
  comm::Call call{was_over ? "commit of a step of " + run.described() + " that is over" : step_text(step)};
  call.error = std::exchange(step.noted, std::nullopt);
  if (!call.error) call.error = std::exchange(noted_, std::nullopt);
  noted_.reset();
  attempt(call.error, [&] {
    if (was_over) throw Error(ErrorCode::wrong_order, "a step can be committed once; begin a new one with Run::step");
    if (!engine_->usable()) {
      throw Error(ErrorCode::hdf5, "an earlier failure of HDF5 left the file's metadata in doubt; close the writer");
    }
    if (!call.error) check_memory(step);
  });
  const pipeline::OwnBoxes own = boxes_of(step);
  call.offers = run.plans.offers(own);
  call.from_root = engine_->word_of_root();
  call.context = was_over ? call.what : name;
  const comm::Outcome met = meet(call);
  const pipeline::Plan& plan = in_context(name, [&]() -> const pipeline::Plan& { return plan_of(step, own, met.offers); });
  in_context(name, [&] { write(step, plan, met.from_root); });
  for (const int number : plan.fields) run.fields[static_cast<std::size_t>(number)]->written = true;
  if (step.time) {
    run.steps += 1;
    run.last_time = *step.time;
  }
  run.last_commit = ++commits_;
  step.puts.clear();
}

void WriterState::ensure_axis(RunEntry& run, const schema::Axis& axis) {
  if (!run.created_axes.insert(axis.name).second) return;
  engine_->define(schema::create_axis(run.description.path, axis, next_dimension_++));
}

void WriterState::ensure_time(RunEntry& run) {
  if (std::exchange(run.time_created, true)) return;
  run.names.insert("time");
  engine_->define(schema::create_time(run.description, run.steps, next_dimension_++));
}

void WriterState::ensure_created(FieldEntry& field) {
  if (std::exchange(field.created, true)) return;
  RunEntry& run = *field.run;
  if (field.description.time_dependent) ensure_time(run);
  for (const schema::Axis& axis : field.description.axes) ensure_axis(run, axis);
  if (field.description.components > 1) ensure_axis(run, schema::component_axis(field.description.components));
  engine_->define(schema::create_field(run.description.path, field.description, run.steps));
}

void WriterState::ensure_scalar(RunEntry& run, const std::string& name) {
  if (!run.created_scalars.insert(name).second) return;
  run.names.insert(name);
  const ScalarOptions& options = run.scalars[name];
  engine_->define(schema::create_scalar(run.description.path, name, options, run.steps));
}

/// At close: fields that were declared and never put. A time-dependent one shows with its steps (none, or fill values),
/// a static one only where it has a fill value, since there would be nothing true to read.
void WriterState::create_remaining(RunEntry& run) {
  for (const auto& field : run.fields) {
    if (field->created || (!field->description.time_dependent && field->description.fill.empty())) continue;
    choose_chunk_of_nobody(*field);
    ensure_created(*field);
  }
  if (run.time_created) {
    for (const auto& entry : run.scalars) ensure_scalar(run, entry.first);
  }
}

pipeline::Commit WriterState::assemble(StepEntry& step, const pipeline::Plan& plan) {
  RunEntry& run = *step.run;
  pipeline::Commit commit;
  const std::optional<std::int64_t> index = step.time ? std::optional(run.steps) : std::nullopt;
  if (step.time) ensure_time(run);
  for (const int number : plan.fields) {
    FieldEntry& field = *run.fields[static_cast<std::size_t>(number)];
    ensure_created(field);
    commit.fields.push_back({&field.description, field.description.time_dependent ? index : std::nullopt, {},
                             plan.chunks.at(number)});
    const auto puts = step.puts.find(number);
    if (puts != step.puts.end()) commit.fields.back().puts = std::move(puts->second);
  }
  for (const auto& [name, value] : step.scalars) ensure_scalar(run, name);
  if (!step.time) return commit;

  // Fields first, since only they can be undone: a step is one chunk there, but a part of a chunk of the series, and
  // HDF5 1.10.8 hangs when several ranks cut off a part of a chunk.
  for (const auto& field : run.fields) {
    if (!field->created || !field->description.time_dependent) continue;
    commit.begin.push_back(schema::SetLength{field->description.path, run.steps + 1});
    commit.undo.push_back(schema::SetLength{field->description.path, run.steps});
  }
  commit.lengthen.push_back(schema::SetLength{schema::join(run.description.path, "time"), run.steps + 1});
  for (const auto& name : run.created_scalars) {
    commit.lengthen.push_back(schema::SetLength{schema::join(run.description.path, name), run.steps + 1});
  }
  for (const auto& [name, value] : step.scalars) {
    commit.finish.push_back(schema::WriteValues{schema::join(run.description.path, name), run.steps, {value}});
  }
  commit.finish.push_back(
      schema::WriteValues{schema::join(run.description.path, "time"), run.steps, {*step.time}});
  return commit;
}

}  // namespace tessera::detail
