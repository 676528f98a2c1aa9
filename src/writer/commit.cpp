#include <algorithm>

#include "base/commit_time.hpp"
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

/// Once more, as definitions may have come since Step::scalar.
void WriterState::check_scalars(const StepEntry& step) const {
  std::size_t further = 0;
  for (const auto& scalar : step.values.scalars) catalog_.check_scalar(step.run->number, scalar.first, ++further);
}

/// Ranks have worked out the time or a scalar for themselves, and it is not the same to the last bit, or another one.
void WriterState::agree_on_values(StepEntry& step, const std::string& name) {
  const std::string of_root = comm::broadcast_text(comm_, 0, step.values.packed());
  std::optional<Error> failure;
  attempt(failure, [&] { step.values.take(of_root); });
  meet(comm::Call{"values of the " + name, std::move(failure), 0, 0, name});
}

void WriterState::commit_together(StepEntry& step, const std::string& name) {
  RunEntry& run = *step.run;
  const bool was_over = step.over;
  step.over = true;
  comm::Call call{was_over ? "commit of a step of " + run.described() + " that is over" : name};
  if (!was_over) call.values = step.values.text();
  call.error = std::exchange(step.noted, std::nullopt);
  if (!call.error) call.error = std::exchange(noted_, std::nullopt);
  noted_.reset();
  attempt(call.error, [&] {
    if (was_over) throw Error(ErrorCode::wrong_order, "a step can be committed once; begin a new one with Run::step");
    if (!engine_->usable()) {
      throw Error(ErrorCode::hdf5, "an earlier failure of HDF5 left the file's metadata in doubt; close the writer");
    }
    check_scalars(step);
  });
  const pipeline::OwnBoxes own = boxes_of(step);
  call.offers = run.plans.offers(own);
  call.from_root = engine_->word_of_root();
  call.context = was_over ? call.what : name;
  const comm::Outcome met = meet(call);
  if (!met.same_values) agree_on_values(step, name);
  const schema::Scalars scalars = in_context(name, [&] { return scalars_of(comm_, step.values); });
  const pipeline::Plan& plan = in_context(name, [&]() -> const pipeline::Plan& { return plan_of(step, own, met.offers); });
  in_context(name, [&] { write(step, scalars, plan, met.from_root); });
  run.last_commit = ++commits_;
  step.puts.clear();
}

}  // namespace tessera::detail
