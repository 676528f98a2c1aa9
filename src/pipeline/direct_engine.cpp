#include "pipeline/direct_engine.hpp"

#include <algorithm>
#include <cstring>

#include "base/attempt.hpp"
#include "comm/agree.hpp"
#include "comm/broadcast.hpp"

namespace tessera::pipeline {

namespace {

/// Instead of the file's end, which is a multiple of 8: nothing can be committed any more; chunks have no place yet.
constexpr std::uint64_t unusable = 2;
constexpr std::uint64_t incomplete = 4;

/// The first of the fields that is divided like this one and has cells of the same size: their plan is the same.
std::size_t first_like(std::span<const DividedField> fields, std::size_t number) noexcept {
  const DividedField& field = fields[number];
  const auto is_like = [&](const DividedField& other) {
    return other.division == field.division && other.field->cell_bytes() == field.field->cell_bytes();
  };
  return static_cast<std::size_t>(std::ranges::find_if(fields, is_like) - fields.begin());
}

}  // namespace

void DirectEngine::plan(std::span<const DividedField> fields, KeepPlans keep) {
  std::size_t different = 0;
  for (std::size_t i = 0; i < fields.size(); ++i) different += first_like(fields, i) == i ? 1 : 0;
  std::size_t next = 0;
  const auto made = plan_chunks(comm_, different, [&](std::size_t) {
    while (first_like(fields, next) != next) ++next;
    return request_of(fields[next++]);
  });
  std::optional<Error> failure;
  attempt(failure, [&] {
    ChunkPlans all;
    for (std::size_t i = 0, taken = 0; i < fields.size(); ++i) {
      const std::size_t like = first_like(fields, i);
      all.push_back(like == i ? made[taken++] : all[like]);
      rounds_->reserve(*fields[i].field, *all.back());
    }
    keep(std::move(all));
  });
  comm::conclude(comm_, "planning", failure);
}

ChunkPlanRequest DirectEngine::request_of(const DividedField& divided) const {
  constexpr std::size_t least = std::size_t{64} << 20;
  const Division& division = *divided.division;
  const std::size_t budget = settings_.memory_budget != 0
                                 ? settings_.memory_budget
                                 : std::max(least, bytes_of(division.own_cells, *divided.field) / 4);
  return {divided.division, chunks_per_round(*divided.field, division.grid, budget)};
}

/// Two batches are under way, and in the worst case as much twice as pieces that arrive, besides what the encoders
/// keep.
std::int64_t DirectEngine::chunks_per_round(const schema::Field& field, const grid::ChunkGrid& chunks,
                                            std::size_t budget) const {
  const std::size_t chunk = slot_bytes(field, chunks);
  const std::size_t threads = rounds_->statistics().threads;
  const std::size_t fixed = threads * (chunk + codec::scratch_bytes(*field.codec, chunk));
  const std::size_t affordable = (budget - std::min(budget, fixed)) / (4 * chunk);
  // Every thread has a few chunks of a round, so that none is idle for long at its end.
  constexpr std::size_t chunks_per_thread = 2;
  constexpr std::size_t least_bytes = std::size_t{8} << 20;
  const std::size_t wanted = std::max(chunks_per_thread * threads, least_bytes / chunk);
  return static_cast<std::int64_t>(std::clamp<std::size_t>(std::min(affordable, wanted), 1, 1 << 20));
}

/// Where the bytes of a commit go. Looks at the file first: one that was truncated must not be extended again.
std::uint64_t DirectEngine::root_value() noexcept {
  if (!trees_) return 0;
  not_intact_.reset();
  free_ = {};
  attempt(not_intact_, [&] {
    trees_->require_intact();
    free_ = trees_->free_extent().value_or(hdf5::Extent{});
  });
  return not_intact_ ? 0 : FileEnd(trees_->end(), free_.size() > 0).word();
}

/// What may fail for lack of memory, before any rank begins.
void DirectEngine::prepare(const Commit& commit) {
  rounds_->prepare(commit.fields);
  prepare_registrations(commit, rounds_->summaries());
}

void DirectEngine::prepare_registrations(const Commit& commit, FieldSummaries& summaries) {
  const RegistrationCount count = count_registrations(commit, summaries, comm_.ranks());
  registrations_.reserve(count.own);
  gather_.reserve(count.own * sizeof(Registration), count.all * sizeof(Registration));
}

void DirectEngine::commit(const Commit& commit, std::optional<Error> failure, std::uint64_t root_value) {
  before_ = rounds_->statistics();
  has_measures_ = false;
  const FileEnd at(root_value);
  notice_damage(at, failure);
  attempt_unless(failure, [&] { prepare(commit); });
  comm::conclude(comm_, at.is_known() ? "preparing" : "looking at the file", failure);
  learn_of_free_space(at);
  std::optional<Error> ignored;  // no warning, then
  if (trees_) {
    attempt(ignored, [&] { preflight_->before(commit, at.end()); });
    trees_->expect_writes();
  }
  const DirectRounds::Result& result = rounds_->write(*file_, at.end(), free_, settings_.power_safe);
  Statistics& statistics = rounds_->statistics();
  failure = result.failure;
  // On rank 0 the metadata's sync, which comes before the superblock's write, does for the data too.
  if (settings_.power_safe && !trees_) {
    const Timer timer(statistics.sync);
    attempt(failure, [&] { file_->sync(); });
  }
  const Timer timer(statistics.publish);
  const hdf5::Extent used{free_.begin, result.free.begin};
  publish({commit, result.placed, rounds_->summaries(), result.end - at.end(), result.requests, used},
          std::move(failure));
  if (trees_) attempt(ignored, [&] { preflight_->after(at.end(), trees_->end()); });
}

/// What rank 0 found when it looked, for all ranks.
void DirectEngine::notice_damage(const FileEnd& at, std::optional<Error>& failure) const noexcept {
  if (at.is_known()) return;
  attempt(failure, [&] {
    if (not_intact_) throw *not_intact_;
  });
}

/// Collective.
void DirectEngine::learn_of_free_space(const FileEnd& at) {
  if (!at.has_free_space()) {
    free_ = {};
    return;
  }
  free_.begin = comm::broadcast(comm_, 0, free_.begin);
  free_.end = comm::broadcast(comm_, 0, free_.end);
}

void DirectEngine::close() {
  if (has_extents_) return_extents();
  std::optional<Error> failure;
  if (trees_) attempt(failure, [&] { trees_->close(); });
  unused_bytes_ = unused_bytes();
  trees_.reset();
  attempt(failure, [&] { file_->close(); });
  file_.reset();
  comm::conclude(comm_, "closing the file", failure);
}

void DirectEngine::leave() {
  stop();
  std::optional<Error> ignored;  // that ranks are missing is the error to tell
  if (trees_) attempt(ignored, [&] { trees_->close(); });
  trees_.reset();
  file_.reset();
}

hdf5::Record DirectEngine::record_of(const Written& written, std::span<const std::byte> registrations) {
  const Commit& commit = written.commit;
  hdf5::Record record{commit.definitions, commit.step.fields, {}, commit.step.values};
  record.begin.insert(record.begin.end(), commit.step.series.begin(), commit.step.series.end());
  for (const FieldData& data : commit.fields) {
    const schema::Field& field = *data.field;
    record.chunks.push_back({field.path, data.step, field.chunk, data.plan->grid.counts(), field.components > 1, {}});
  }
  take_all(registrations, record.chunks, written.summaries, measures_);
  const std::vector<schema::WriteValues>& rows = written.summaries.rows();
  record.finish.insert(record.finish.end(), rows.begin(), rows.end());
  return record;
}

/// On rank 0.
void DirectEngine::publish_tree(const Written& written, std::span<const std::byte> registrations) {
  double seconds = 0;
  const double synced = trees_->sync_seconds();
  {
    const Timer timer(seconds);
    trees_->reserve(written.size);
    trees_->use(written.used);
    trees_->commit(record_of(written, registrations));
  }
  const double sync = trees_->sync_seconds() - synced;
  add_of_root(measures_, seconds - sync, sync);
  has_measures_ = written.commit.measured.has_value();
}

/// Two agreements: rank 0 gathers what all wrote, or learns that one could not; then all learn how it ended.
/// \returns false where chunks have no place yet: then nothing was published
bool DirectEngine::publish(const Written& written, std::optional<Error> failure) {
  register_all(written.placed, written.summaries, registrations_);
  if (written.commit.measured) {
    own_measures_.set(rounds_->statistics(), before_, *written.commit.measured);
    own_measures_.requests = written.requests;
    register_measures(own_measures_, registrations_);
  }
  comm_.watch().set_progress(comm::Progress::handed_over);
  const auto gathered =
      gather_.gather(failure ? std::nullopt : std::optional(std::as_bytes(std::span(registrations_))));
  const bool is_complete = !gathered || are_placed(*gathered);
  if (trees_ && gathered && is_complete) {
    comm_.watch().check_peers();  // once it is published it cannot be taken back
    attempt(failure, [&] {
      publish_tree(written, *gathered);
      comm_.watch().set_progress(comm::Progress::published);
    });
  }
  // Rank 0 may wait for readers (TreeSet::next_member), which does not make it a missing rank.
  comm_.watch().extend(std::chrono::duration<double>(settings_.reader_grace).count());
  // All ranks have to know whether the trees can go on after a failure.
  const bool is_usable = trees_ && trees_->usable();
  const std::uint64_t next = !is_usable          ? unusable
                             : !is_complete      ? incomplete
                             : written.in_flight ? root_value()
                                                 : trees_->end();
  const comm::Outcome outcome = comm::try_conclude(comm_, "publishing", failure, 0, next);
  usable_ = outcome.from_root != unusable;
  if (outcome.error) throw *outcome.error;
  next_ = outcome.from_root;
  return next_ != incomplete;
}

}  // namespace tessera::pipeline
