#include <algorithm>
#include <cstring>
#include <utility>

#include "base/attempt.hpp"
#include "comm/agree.hpp"
#include "comm/broadcast.hpp"
#include "pipeline/direct_engine.hpp"

/// \file
/// Commits that do not wait. The memory of their puts is copied, threads encode and write into space that each rank got
/// ahead of time, and finish() publishes what they have done as commit() does.

namespace tessera::pipeline {

namespace {

/// Flags of the agreement that all are prepared.
constexpr std::uint64_t has_memory = 1;  ///< the copy is within Options::memory_budget
constexpr std::uint64_t has_space = 2;   ///< in the file, for what the step is expected to take

/// Steps' worth of space that a rank gets at a time: so many that a long run seldom asks, and so few that what is left
/// at its end is at most a fiftieth of the file.
std::uint64_t steps_ahead(std::int64_t begun) {
  return static_cast<std::uint64_t>(std::clamp<std::int64_t>(begun / 50, 1, 4));
}

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
    if (!async_) async_.emplace(comm_, rounds_->workers(), settings_.threads, rounds_->statistics());
    step = async_->prepare(std::move(commit));
    prepare_registrations(step->commit, step->summaries);
    gather_.reserve(sizeof(Left), sizeof(Left) * comm_.ranks());  // for return_extents()
    in_flight_.reserve(in_flight_.size() + 1);
  });
  const std::uint64_t missing = step ? missing_bytes(*step) : 0;
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
  if ((outcome.flags & has_space) == 0) take_space(*step, missing, at);
  async_->take(*step, in_flight_.size());
  async_->start(*step, *file_, settings_.power_safe);
  in_flight_.push_back(std::move(step));
  ++begun_;
  return true;
}

/// How much this rank asks for; nothing where what it has does for this step.
std::uint64_t DirectEngine::missing_bytes(const StepInFlight& step) {
  const std::uint64_t expected = async_->expected_bytes(step);
  const auto unfinished = static_cast<std::uint64_t>(
      std::ranges::count_if(in_flight_, [&](const auto& other) { return !async_->is_done(*other); }));
  // What is left besides, in smaller extents, is for parts that happen to fit.
  if (async_->extents().largest_size() >= expected * (1 + unfinished)) return 0;
  return expected * (steps_ahead(begun_) + unfinished);
}

/// Each rank gets what it asks for. Collective.
void DirectEngine::take_space(StepInFlight& step, std::uint64_t missing, const FileEnd& at) {
  // What is in flight may have some of the free space, of which nobody has told the trees yet.
  learn_of_free_space(in_flight_.empty() ? at : FileEnd(at.end(), false));
  const comm::Range range = async_->scan(missing);
  const bool is_free = range.total <= free_.size();
  const std::uint64_t begin = is_free ? free_.begin : at.end();
  if (is_free) {
    step.free = {begin, begin + range.total};
  } else if (trees_) {
    trees_->reserve(range.total);
  }
  has_extents_ = true;
  attempt(step.failure, [&] { async_->extents().add({begin + range.begin, begin + range.begin + missing}); });
}

std::size_t DirectEngine::ready() {
  const auto first = std::ranges::find_if(in_flight_, [&](const auto& step) { return !async_->is_done(*step); });
  return static_cast<std::size_t>(first - in_flight_.begin());
}

void DirectEngine::stop() noexcept {
  if (async_) async_->cancel();
}

std::uint64_t DirectEngine::finish() {
  StepInFlight& step = *in_flight_.front();
  before_ = rounds_->statistics();
  has_measures_ = false;
  async_->wait(step, *file_, settings_.power_safe);
  try {
    step.list_chunks();
    const auto written = [&] {
      return Written{step.commit, step.placed, step.summaries, 0, step.requests, step.free, true};
    };
    const auto publish_it = [&] {
      const Timer timer(rounds_->statistics().publish);
      return publish(written(), step.failure);
    };
    while (!publish_it()) write_rest(step);
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
void DirectEngine::write_rest(StepInFlight& step) {
  const comm::Range range = async_->scan(step.rest());
  const std::uint64_t begin = comm::broadcast(comm_, 0, trees_ ? trees_->end() : 0);
  if (trees_) trees_->reserve(range.total);
  Statistics& statistics = rounds_->statistics();
  attempt(step.failure, [&] {
    const Timer timer(statistics.write);
    step.write_rest(*file_, begin + range.begin);
  });
  if (settings_.power_safe && !trees_) {
    const Timer timer(statistics.sync);
    attempt(step.failure, [&] { file_->sync(); });
  }
  step.list_chunks();
}

/// After a failure: what comes after the step that failed would have a gap before it. What space they have is that of
/// the next commit.
void DirectEngine::drop_in_flight() noexcept {
  async_->cancel();
  in_flight_.clear();
  async_->extents().clear();
  if (trees_) trees_->take_back();
}

/// What is left of the ranks' space serves later jobs. Collective.
void DirectEngine::return_extents() {
  async_->extents().largest(left_);
  const auto gathered = gather_.gather(std::as_bytes(std::span(left_)));
  if (!trees_ || !gathered) return;
  std::optional<Error> ignored;  // then nobody uses it
  attempt(ignored, [&] {
    std::vector<hdf5::Extent> all(gathered->size() / sizeof(hdf5::Extent));
    std::memcpy(all.data(), gathered->data(), gathered->size());
    std::erase_if(all, [](const hdf5::Extent& extent) { return extent.size() == 0; });
    trees_->add_free(all);
  });
}

}  // namespace tessera::pipeline
