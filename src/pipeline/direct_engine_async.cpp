#include <algorithm>
#include <utility>

#include "base/attempt.hpp"
#include "base/round_up.hpp"
#include "comm/agree.hpp"
#include "pipeline/direct_engine.hpp"

/// \file
/// Commits that do not wait. The memory of their puts is copied, threads encode and write into space that each rank got
/// ahead of time, and finish() publishes what they have done as commit() does.

namespace tessera::pipeline {

namespace {

/// Flags of the agreement that all are prepared.
constexpr std::uint64_t has_memory = 1;  ///< the copy is within Options::memory_budget
constexpr std::uint64_t has_space = 2;   ///< in the file, for what the step is expected to take

}  // namespace

/// Whether the copy is within the budget on this rank. Where there is one, no other commit is in flight.
bool DirectEngine::fits(const Commit& commit) const {
  if (settings_.memory_budget == 0) return true;
  std::size_t bytes = 0;
  for (const FieldData& data : commit.fields) {
    bytes += data.plan->chunks.size() * slot_bytes(*data.field, data.plan->grid);
  }
  return bytes <= settings_.memory_budget;
}

bool DirectEngine::begin(Commit& commit, std::optional<Error> failure, std::uint64_t root_value) {
  const FileEnd at(root_value);
  notice_damage(at, failure);
  const bool fits_here = fits(commit);
  std::unique_ptr<StepInFlight> step;
  attempt_unless(failure, [&] {
    if (!fits_here) return;
    if (!async_) {
      async_.emplace(comm_, rounds_->workers(), settings_.threads, output_cpus_, extents_, rounds_->statistics());
    }
    step = async_->prepare(std::move(commit));
    prepare_registrations(step->commit, step->summaries);
    reserve_space(step->commit.fields);
    in_flight_.reserve(in_flight_.size() + 1);
  });
  const std::uint64_t missing = step ? missing_bytes(sizes_.expected(step->commit.fields), false) : 0;
  const std::uint64_t flags = (fits_here ? has_memory : 0) | (missing == 0 ? has_space : 0);
  const auto outcome = comm::conclude(comm_, at.is_known() ? "preparing" : "looking at the file", failure, flags);
  if ((outcome.flags & has_memory) == 0) {
    if (step) commit = std::move(step->commit);
    return false;
  }
  std::optional<Error> ignored;  // no warning, then
  if (trees_) {
    attempt(ignored, [&] { preflight_->before(step->commit, at.end()); });
    trees_->expect_writes();  // after a commit that failed nobody knows how far ranks had come
    trees_->reserve(0);
  }
  if ((outcome.flags & has_space) == 0) step->free = take_space(missing, at);
  async_->take(*step, in_flight_.size());
  async_->start(*step, node_->file(), settings_.power_safe);
  in_flight_.push_back(std::move(step));
  most_in_flight_ = std::max(most_in_flight_, in_flight_.size());
  return true;
}

std::size_t DirectEngine::ready() {
  const auto first = std::ranges::find_if(in_flight_, [&](const auto& step) { return !async_->is_done(*step); });
  return static_cast<std::size_t>(first - in_flight_.begin());
}

void DirectEngine::stop() noexcept {
  if (async_) async_->cancel();
}

/// Behind the simulation nothing is blocked.
void DirectEngine::wait_for_threads(StepInFlight& step, bool behind) {
  const auto task = step.task;
  Statistics& statistics = rounds_->statistics();
  const double blocked = statistics.blocked;
  async_->wait(step, node_->file(), settings_.power_safe);
  if (!behind) return;
  statistics.hidden += statistics.blocked - blocked;
  statistics.blocked = blocked;
  written_ = task ? task->ended() : StepInFlight::Clock::now();
}

void DirectEngine::count_blocked(std::chrono::steady_clock::time_point since) noexcept {
  Statistics& statistics = rounds_->statistics();
  statistics.blocked += std::chrono::duration<double>(StepInFlight::Clock::now() - since).count();
  if (written_ > since) statistics.hidden -= std::chrono::duration<double>(written_ - since).count();
}

std::uint64_t DirectEngine::finish(bool behind) {
  StepInFlight& step = *in_flight_.front();
  before_ = rounds_->statistics();
  has_measures_ = false;
  wait_for_threads(step, behind);
  try {
    const auto publish_it = [&](bool is_new) {
      step.list_chunks();
      const std::size_t rest = step.rest() > 0 ? 0 : DirectRounds::Rest::none;
      if (is_new && rest == DirectRounds::Rest::none && !step.failure) sizes_.learn(step.commit.fields, step.placed);
      const Timer timer(rounds_->statistics().publish);
      return publish({step.commit, step.placed, step.rows, step.summaries, 0, step.requests, step.free, true},
                     step.failure, rest);
    };
    const Verdict first = publish_it(true);
    if (!first.is_complete) {
      const bool has_rest = step.rest() > 0;
      write_rest(step, first.end);
      publish_it(has_rest);
    }
  } catch (...) {
    drop_in_flight();
    throw;
  }
  async_->recycle(std::move(in_flight_.front()));
  in_flight_.erase(in_flight_.begin());
  return next_;
}

/// What found no space of this rank's: the first step of a field, say, of which nobody knew how large it would be.
/// Collective.
void DirectEngine::write_rest(StepInFlight& step, std::uint64_t end) {
  constexpr std::uint64_t alignment = 8;
  range_scan_.begin(round_up(step.rest(), alignment));
  const comm::Range range = range_scan_.finish();
  if (trees_) trees_->reserve(range.total);
  attempt(step.failure, [&] {
    const Timer timer(rounds_->statistics().write);
    step.write_rest(node_->file(), end + range.begin);
  });
  sync_own(step.failure);
}

/// After a failure: what comes after the step that failed would have a gap before it.
void DirectEngine::drop_in_flight() noexcept {
  async_->cancel();
  in_flight_.clear();
}

}  // namespace tessera::pipeline
