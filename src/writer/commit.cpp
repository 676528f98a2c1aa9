#include <algorithm>

#include "base/text.hpp"
#include "grid/overlap.hpp"
#include "schema/layout.hpp"
#include "writer/state.hpp"
#include "writer/text.hpp"

/// \file
/// The collective commit: meet, plan, define, hand to the engine.

namespace tessera::detail {

namespace {

std::string described(const FieldEntry& field) { return "field " + in_quotes(field.description.name); }

std::string described(const grid::OwnedBox& owned) {
  return "box " + std::to_string(owned.number) + " of rank " + std::to_string(owned.rank) + " " + to_string(owned.box);
}

pipeline::OwnBoxes boxes_of(const StepEntry& step) {
  pipeline::OwnBoxes boxes;
  for (const auto& [field, puts] : step.puts) {
    for (const pipeline::PutBox& put : puts) boxes[field].push_back(put.box);
  }
  return boxes;
}

/// This rank's boxes do not overlap each other or another rank's.
void check_overlap(const comm::Communicator& comm, const FieldEntry& field, const std::vector<grid::OwnedBox>& all) {
  std::vector<grid::OwnedBox> own;
  std::copy_if(all.begin(), all.end(), std::back_inserter(own),
               [&](const grid::OwnedBox& owned) { return owned.rank == comm.rank(); });
  if (const auto overlap = grid::find_overlap(own, all)) {
    throw Error(ErrorCode::overlap, described(field) + ": " + described(overlap->first) + " and " +
                                        described(overlap->second) + " overlap in " + to_string(overlap->common) +
                                        "; every cell has to be put once");
  }
}

/// Every cell of the field is put, or there is a fill value. Boxes do not overlap, so volumes add up.
void check_covered(const FieldEntry& field, const std::vector<grid::OwnedBox>& all) {
  const Index shape = field.description.shape();
  const Box whole = Box::at(Index::filled(shape.size(), 0), shape);
  std::int64_t cells = 0;
  for (const grid::OwnedBox& owned : all) cells += owned.box.volume();
  if (cells == whole.volume() || !field.description.fill.empty()) return;
  const auto gap = grid::find_gap(whole, all);
  throw Error(ErrorCode::not_covered, described(field) + ": no rank put the cells " + (gap ? to_string(*gap) : "") +
                                          " (among others); put all of " + to_string(whole) +
                                          ", or declare what the rest reads with FieldOptions::fill");
}

/// Empty boxes count as a put: they say that the field is written, if by other ranks.
std::vector<int> fields_of(const pipeline::AllBoxes& all) {
  std::vector<int> fields;
  for (const auto& entry : all) fields.push_back(entry.first);
  return fields;
}

}  // namespace

void WriterState::commit(StepEntry& step) {
  require_open("Step::commit");
  RunEntry& run = *step.run;
  const bool was_over = step.over;
  step.over = true;
  const std::string what = was_over ? "commit of a step of " + run.described() + " that is over" : step_text(step);
  std::optional<Error> failure = std::exchange(step.noted, std::nullopt);
  if (!failure) failure = std::exchange(noted_, std::nullopt);
  noted_.reset();
  attempt(failure, [&] {
    if (was_over) throw Error(ErrorCode::wrong_order, "a step can be committed once; begin a new one with Run::step");
    if (!engine_->usable()) {
      throw Error(ErrorCode::hdf5, "an earlier failure of HDF5 left the file's metadata in doubt; close the writer");
    }
  });
  if (failure) failure.emplace(failure->code(), what + ": " + failure->what());
  const pipeline::OwnBoxes own = boxes_of(step);
  const std::uint64_t common = meet(what, std::move(failure), run.plans.offers(own));
  const pipeline::Plan& plan = plan_of(step, own, common);
  engine_->commit(assemble(step, plan));
  for (const int number : plan.fields) run.fields[static_cast<std::size_t>(number)]->written = true;
  if (step.time) {
    run.steps += 1;
    run.last_time = *step.time;
  }
  commits_ += 1;
  step.puts.clear();
}

const pipeline::Plan& WriterState::plan_of(StepEntry& step, const pipeline::OwnBoxes& own, std::uint64_t common) {
  RunEntry& run = *step.run;
  if (const pipeline::Plan* known = run.plans.common(common)) {
    check_complete(step, *known);
    return *known;
  }
  const pipeline::AllBoxes all = pipeline::gather_boxes(comm_, own);
  pipeline::Plan plan{own, fields_of(all), {}};
  std::optional<Error> failure;
  attempt(failure, [&] {
    for (const auto& [number, boxes] : all) {
      const FieldEntry& field = *run.fields[static_cast<std::size_t>(number)];
      check_overlap(comm_, field, boxes);
    }
  });
  if (failure) failure.emplace(failure->code(), step_text(step) + ": " + failure->what());
  meet("overlaps", std::move(failure));
  for (const auto& [number, boxes] : all) {
    check_covered(*run.fields[static_cast<std::size_t>(number)], boxes);
  }
  check_complete(step, plan);
  choose_chunks(run, all);
  for (const auto& [number, boxes] : all) {
    plan.chunks[number] = engine_->plan(run.fields[static_cast<std::size_t>(number)]->description, boxes);
  }
  return run.plans.add(std::move(plan));
}

/// A step without data, or without a field that has to be in every step, is refused. The same on every rank.
void WriterState::check_complete(const StepEntry& step, const pipeline::Plan& plan) const {
  if (plan.fields.empty() && step.scalars.empty()) {
    throw Error(ErrorCode::wrong_order, step_text(step) + ": no rank put anything; put a field or a scalar before commit");
  }
  if (!step.time) return;
  for (const auto& field : step.run->fields) {
    const bool is_put = std::binary_search(plan.fields.begin(), plan.fields.end(), field->number);
    if (is_put || !field->description.time_dependent || !field->description.fill.empty()) continue;
    throw Error(ErrorCode::not_covered, step_text(step) + ": " + described(*field) +
                                            " was put by no rank; put it in every step, or declare what such steps read "
                                            "with FieldOptions::fill");
  }
}

void WriterState::choose_chunks(RunEntry& run, const pipeline::AllBoxes& all) {
  for (const auto& [number, boxes] : all) {
    FieldEntry& field = *run.fields[static_cast<std::size_t>(number)];
    if (field.choice) continue;
    grid::ChunkRequest request;
    request.shape = field.description.shape();
    request.cell_bytes = field.description.cell_bytes();
    request.boxes = boxes;
    request.target_bytes =
        std::clamp(static_cast<std::int64_t>(options_.chunk_bytes), request.min_bytes, request.max_bytes);
    field.choice = field.chunk_given ? grid::describe_chunk(request, field.description.chunk)
                                     : grid::choose_chunk(request);
    field.description.chunk = field.choice->chunk;
  }
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

/// At close: fields that were declared and never put. A time-dependent one shows with its steps (none, or fill values), a static one only
/// where it has a fill value, since there would be nothing true to read.
void WriterState::create_remaining(RunEntry& run) {
  for (const auto& field : run.fields) {
    if (field->created || (!field->description.time_dependent && field->description.fill.empty())) continue;
    pipeline::AllBoxes nobody;
    nobody[field->number] = {};
    choose_chunks(run, nobody);
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
