#include <algorithm>
#include <utility>

#include "base/attempt.hpp"
#include "base/commit_time.hpp"
#include "comm/broadcast.hpp"
#include "writer/mesh_entry.hpp"
#include "writer/put_memory.hpp"
#include "writer/scalars_of_one_rank.hpp"
#include "writer/state.hpp"
#include "writer/table_rows.hpp"
#include "writer/text.hpp"

/// \file
/// The collective commit: agree, plan (planning.cpp), define, hand to the engine.

namespace tessera::detail {

namespace {

pipeline::OwnBoxes boxes_of(const StepEntry& step) {
  pipeline::OwnBoxes boxes;
  for (const auto& [field, puts] : step.puts) {
    for (const pipeline::PutBox& put : puts) boxes[field].push_back(put.box);
  }
  for (const auto& own : step.own_puts) {
    const auto& space = step.run->fields[static_cast<std::size_t>(own.first)]->space;
    if (space) boxes[own.first].push_back(space->stored);
  }
  return boxes;
}

}  // namespace

void WriterState::commit(StepEntry* step, bool waits) {
  const CommitTimer timer;
  clock_.begin();
  const auto name = [&] { return step != nullptr ? step_name(*step) : std::string("commit of a step"); };
  if (step != nullptr && !step->over && !step->run->awaited.empty()) {
    put_awaited(*step);
    waits = true;  // until it is known whether they are in the file
  }
  enter(waits ? "Step::commit" : "Step::commit_async", name, [&] {
    tell_what_was_lost();
    commit_together(step, waits);
    begin_publishing();
  });
}

/// Once more, as definitions may have come since Step::scalar.
void WriterState::check_scalars(const StepEntry& step) const {
  std::size_t further = 0;
  for (const auto& scalar : step.values.scalars) catalog_.check_scalar(step.run->number, scalar.first, ++further);
}

/// Ranks have worked out the time or a scalar for themselves, and it is not the same to the last bit, or another one.
void WriterState::agree_on_values(StepEntry& step, const std::string& name) {
  std::optional<Error> failure;
  std::string packed;
  if (comm_.rank() == 0) attempt(failure, [&] { packed = step.values.packed(); });
  const std::string of_root = comm::broadcast_text(comm_, 0, packed, failure);
  // Nothing has come where rank 0 has no memory for it, and says so.
  attempt_unless(failure, [&] {
    if (!of_root.empty()) step.values.take(of_root);
  });
  in_context(name, [&] { comm::conclude(comm_, "values", failure); });
}

void WriterState::commit_together(StepEntry* step, bool waits) {
  const bool was_over = step == nullptr || step->over;
  comm::Call call;
  if (step != nullptr) {
    step->over = true;
    call.error = std::exchange(step->noted, std::nullopt);
  }
  if (!call.error) call.error = std::exchange(noted_, std::nullopt);
  noted_.reset();
  pipeline::OwnBoxes own;
  GivenByRanks given(comm_);
  attempt(call.error, [&] {
    if (step == nullptr) throw Error(ErrorCode::wrong_order, "commit of a step that was moved from or never begun");
    call.what = was_over ? "commit of a step of " + step->run->described() + " that is over" : step_name(*step);
    call.context = call.what;
    if (!waits) call.what += ", without waiting";
    if (was_over) throw Error(ErrorCode::wrong_order, "a step can be committed once; begin a new one with Run::step");
    if (!engine_->usable()) {
      throw Error(ErrorCode::hdf5, "an earlier failure of HDF5 left the file's metadata in doubt; close the writer");
    }
    check_scalars(*step);
    call.values = step->values.text();
    reserve(given, step->values);
    own = boxes_of(*step);
    if (expect_rows(*step, own)) call.flags = step->run->plans.matches(own);
    if (!call.error) check_memory(*step);
  });
  call.from_root = engine_->root_value();
  const comm::Outcome agreed = comm::agree(comm_, call);
  clock_.agreed();
  RunEntry& run = *step->run;
  const std::string& name = call.context;
  const std::uint64_t root_value = finish_before_commit(*step, waits).value_or(agreed.from_root);
  if (!agreed.same_values) agree_on_values(*step, name);
  in_context(name, [&] { take_from_owners(comm_, given, step->values); });
  if (agreed.flags == 0 && step->values.time) in_context(name, [&] { place_rows(*step, own); });
  const pipeline::Plan& plan =
      in_context(name, [&]() -> const pipeline::Plan& { return plan_of(*step, own, agreed.flags); });
  take_rows(*step);
  in_context(name, [&] { take_own_puts(*step, plan); });
  in_context(name, [&] { write(*step, plan, root_value, waits); });
  const std::int64_t commit_before = std::exchange(run.last_commit, ++commits_);
  step->puts.clear();
  step->own_puts.clear();
  run.awaited.clear();
  std::optional<Error> ignored;  // then these plans are not counted
  attempt(ignored, [&] { count_plans(run, commit_before); });
}

/// Of the steps in flight as many as this one needs to come after, or to have room: all where it may have to wait, as
/// memory is limited, or steps go (Run::keep). Where one fails this step is as it was.
std::optional<std::uint64_t> WriterState::finish_before_commit(StepEntry& step, bool waits) {
  const auto begin = CommitClock::Clock::now();
  try {
    const bool may_wait = waits || options_.memory_budget != 0 || drops_steps(step);
    const auto root_value = finish_all_but(may_wait ? 0 : options_.steps_in_flight - 1);
    clock_.leave_out(begin);
    return root_value;
  } catch (...) {
    step.over = false;
    throw;
  }
}

/// The run's plans are the ones that were in use last.
void WriterState::count_plans(RunEntry& run, std::int64_t commit_before) {
  if (const auto before = planned_.extract(commit_before)) planned_bytes_ -= before.mapped().bytes;
  const std::size_t bytes = run.plans.memory();
  planned_[run.last_commit] = {&run, bytes};
  planned_bytes_ += bytes;
}

}  // namespace tessera::detail
