#include <bit>
#include <chrono>
#include <utility>

#include "base/commit_time.hpp"
#include "pipeline/statistics.hpp"
#include "writer/state.hpp"
#include "writer/table_rows.hpp"

/// \file
/// Steps that were committed without waiting, until they are in the file.

namespace tessera::detail {

namespace {

/// Seconds of work on steps in flight so far, behind the simulation or not.
double seconds_in_flight(const pipeline::Engine& engine) {
  const pipeline::Statistics* statistics = engine.statistics();
  return statistics != nullptr ? statistics->hidden + statistics->blocked : 0;
}

Error about_lost_steps(const std::string& name, std::size_t after, const Error& error) noexcept {
  return made_error(error.code(), {}, [&] {
    std::string text = name + ", without waiting: " + error.what() + "; this step is not in the file";
    if (after > 0) text += ", nor are the " + std::to_string(after) + " that were in flight behind it";
    text += ". Call what you called again; the next step takes its place";
    return Error(error.code(), text, error.ranks());
  });
}

/// Chunks that steps chose which are not in the file are chosen again, and so are plans.
void forget_what_was_lost(RunEntry& run) noexcept {
  for (const auto& field : run.fields) {
    if (field->choice && field->choice->chunk != field->description().chunk) field->choice.reset();
  }
  run.plans.forget();
  forget_rows(run);
}

}  // namespace

void WriterState::progress() {
  enter(
      "Writer::progress", [] { return "progress()"; },
      [&] {
        tell_what_was_lost();
        comm::Call call;
        call.error = std::exchange(noted_, std::nullopt);
        attempt(call.error, [&] { call.what = "progress()"; });
        // A flag for each that this rank has done, the oldest first.
        call.flags = (std::uint64_t{1} << engine_->ready()) - 1;
        const comm::Outcome outcome = comm::agree(comm_, call);
        const auto done = static_cast<std::size_t>(std::countr_one(outcome.flags));
        finish_all_but(pending_.size() - done);
      });
}

void WriterState::wait() {
  together(
      "Writer::wait", [] { return "wait()"; }, [&] { agree([] { return std::string("wait()"); }, [] {}); });
}

/// Collective, behind an agreement. \returns Engine::root_value() of rank 0, where something was finished
std::optional<std::uint64_t> WriterState::finish_all_but(std::size_t left) {
  std::optional<std::uint64_t> root_value;
  while (pending_.size() > left) root_value = finish_oldest();
  return root_value;
}

std::uint64_t WriterState::finish_oldest() {
  std::uint64_t root_value = 0;
  try {
    root_value = publish_oldest(false);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::rank_missing) throw;
    throw lose_steps(error);
  }
  ++committed_;
  pending_.pop_front();
  return root_value;
}

/// \param behind the simulation, in a thread: what local calls change or ask for meanwhile is not touched
std::uint64_t WriterState::publish_oldest(bool behind) {
  const PendingStep& step = pending_.front();
  const double before = seconds_in_flight(*engine_);
  const auto begin = CommitClock::Clock::now();
  std::uint64_t root_value = 0;
  {
    const CommitTimer timer;
    root_value = engine_->finish(behind);
  }
  note_commit_seconds(seconds_in_flight(*engine_) - before);
  note_steps_in_flight(-1);
  if (reporter_) {
    const std::chrono::duration<double> seconds = CommitClock::Clock::now() - begin;
    const std::string& run = runs_[static_cast<std::size_t>(step.run)]->group().run->name;
    reporter_->add(engine_->measures(), run, step.number, step.seconds + (behind ? 0 : seconds.count()));
  }
  if (side_files_) side_files_->after_commit(step.after, step.run, step.has_definitions);
  return root_value;
}

/// What is left when the oldest one failed. \returns what to tell of it
Error WriterState::lose_steps(const Error& error) noexcept {
  PendingStep& step = pending_.front();
  Error longer = about_lost_steps(step.name, pending_.size() - 1, error);
  catalog_ = std::move(step.before);
  for (const auto& run : runs_) forget_what_was_lost(*run);
  drop_in_flight();
  return longer;
}

void WriterState::drop_in_flight() noexcept {
  note_steps_in_flight(-static_cast<int>(pending_.size()));
  pending_.clear();
}

}  // namespace tessera::detail
