#include "pipeline/direct_engine.hpp"

#include <algorithm>
#include <utility>

#include "base/attempt.hpp"
#include "comm/agree.hpp"
#include "comm/broadcast.hpp"
#include "pipeline/assemble_planes.hpp"

namespace tessera::pipeline {

namespace {

/// Instead of the file's end, which is a multiple of 8: the commit failed; so that nothing can be committed any more;
/// it may be in the file all the same; chunks have no place yet.
constexpr std::uint64_t failed = 6;
constexpr std::uint64_t unusable = 2;
constexpr std::uint64_t in_doubt = 3;
constexpr std::uint64_t incomplete = 4;

/// Commits of a job before its ranks get space ahead of time, which a short one would leave unused.
constexpr std::int64_t few_commits = 4;

/// Flags of the agreement that all are prepared.
constexpr std::uint64_t knows_sizes = 1;  ///< that steps to come will probably have
constexpr std::uint64_t has_space = 2;    ///< of its own, for what the step is expected to take

/// The first of the fields that is divided like this one and has cells of the same size: their plan is the same.
std::size_t first_like(std::span<const DividedField> fields, std::size_t number) noexcept {
  const DividedField& field = fields[number];
  const auto is_like = [&](const DividedField& other) {
    return other.division == field.division && other.field->cell_bytes() == field.field->cell_bytes();
  };
  return static_cast<std::size_t>(std::ranges::find_if(fields, is_like) - fields.begin());
}

/// How many chunks this rank's cells lie in along the fastest axis, at least 1.
std::size_t chunks_in_a_row(const Division& division) {
  if (division.pieces.empty() || division.grid.shape.size() == 0) return 1;
  const auto row = static_cast<std::uint64_t>(division.grid.counts()[division.grid.shape.size() - 1]);
  std::uint64_t first = row - 1;
  std::uint64_t last = 0;
  for (const grid::Piece& piece : division.pieces) {
    first = std::min(first, piece.chunk % row);
    last = std::max(last, piece.chunk % row);
  }
  return static_cast<std::size_t>(last - first + 1);
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
  return {divided.division, chunks_per_round(*divided.field, division, budget)};
}

/// Two batches are under way, and in the worst case as much twice as pieces that arrive, besides what the encoders
/// keep.
std::int64_t DirectEngine::chunks_per_round(const schema::Field& field, const Division& division,
                                            std::size_t budget) const {
  const std::size_t chunk = slot_bytes(field, division.grid);
  const std::size_t threads = rounds_->statistics().threads;
  const std::size_t fixed = threads * (chunk + slab_bytes + codec::scratch_bytes(*field.codec, chunk));
  const std::size_t affordable = (budget - std::min(budget, fixed)) / (4 * chunk);
  // Every thread has a few chunks of a round, so that none is idle for long at its end.
  constexpr std::size_t chunks_per_thread = 2;
  constexpr std::size_t least_bytes = std::size_t{8} << 20;
  std::size_t wanted = std::max(chunks_per_thread * threads, least_bytes / chunk_bytes_of(field, division.grid));
  // Rows of an array are read faster where a round has all chunks that they lie in (Bands), and caches still hold it.
  const std::size_t row = chunks_in_a_row(division);
  if (row < wanted) wanted -= wanted % row;
  return static_cast<std::int64_t>(std::clamp<std::size_t>(std::min(affordable, wanted), 1, 1 << 20));
}

/// Where the bytes of a commit go. Looks at the file first: one that was truncated must not be extended again.
std::uint64_t DirectEngine::root_value() noexcept {
  if (!trees_) return 0;
  not_intact_.reset();
  free_ = {};
  attempt(not_intact_, [&] {
    trees_->require_intact();
    free_ = free_space();
  });
  return not_intact_ ? 0 : FileEnd(trees_->end(), free_.size() > 0).word();
}

/// What may fail for lack of memory, before any rank begins.
void DirectEngine::prepare(const Commit& commit) {
  rounds_->prepare(commit.fields);
  prepare_registrations(commit, rounds_->summaries());
  reserve_space(commit.fields);
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
  const SizeEstimates::Expected expected = sizes_.expected(commit.fields);
  const std::uint64_t missing = missing_bytes(expected, false);
  const std::uint64_t flags =
      (expected.is_known && published_ >= few_commits ? knows_sizes : 0) | (missing == 0 ? has_space : 0);
  const auto outcome = comm::conclude(comm_, at.is_known() ? "preparing" : "looking at the file", failure, flags);
  std::optional<Error> ignored;  // no warning, then
  if (trees_) {
    attempt(ignored, [&] { preflight_->before(commit, at.end()); });
    trees_->expect_writes();
  }
  write_and_publish(commit, space_for(missing, outcome.flags, at));
  if (trees_) attempt(ignored, [&] { preflight_->after(at.end(), trees_->end()); });
}

/// Each rank's own space, once it is known how much that has to be. Dropped steps leave space that a step like them
/// fills to the last byte, when its bytes follow each other. Collective.
DirectEngine::Space DirectEngine::space_for(std::uint64_t missing, std::uint64_t flags, const FileEnd& at) {
  if ((flags & knows_sizes) == 0 || at.has_free_space()) {
    learn_of_free_space(at);
    return {{nullptr, at.end(), free_}, {}};
  }
  Space space{{&extents_, at.end(), {}}, {}};
  if ((flags & has_space) == 0) space.used = take_space(missing, at);
  return space;
}

/// A rank that has more to write than was expected makes all go once more through the groups from there on.
void DirectEngine::write_and_publish(const Commit& commit, const Space& space) {
  const DirectRounds::Result& result = rounds_->write(node_->file(), space.rounds, settings_.power_safe);
  Written written{commit, result.placed, result.rows, rounds_->summaries(), result.space.end - space.rounds.end,
                  {},     space.used};
  if (space.rounds.own == nullptr) written.used = {free_.begin, result.space.free.begin};
  const auto publish_it = [&](bool is_new) {
    std::optional<Error> failure = result.failure;
    sync_own(failure);
    const std::size_t rest = result.rest.group;
    if (is_new && rest == DirectRounds::Rest::none && !failure) sizes_.learn(commit.fields, result.placed);
    written.rows = result.rows;
    written.requests = result.requests;
    const Timer timer(rounds_->statistics().publish);
    return publish(written, std::move(failure), rest);
  };
  const Verdict first = publish_it(true);
  if (first.is_complete) return;
  if (trees_) {
    trees_->reserve(0);
    trees_->expect_writes();
  }
  const bool has_rest = result.rest.group != DirectRounds::Rest::none;
  rounds_->write_rest(node_->file(), first.first_group, first.end, settings_.power_safe);
  written.size = result.space.end - first.end;
  publish_it(has_rest);
}

/// On rank 0 the metadata's sync, which comes before the superblock's write, does for the data too.
void DirectEngine::sync_own(std::optional<Error>& failure) {
  if (!settings_.power_safe || trees_) return;
  const Timer timer(rounds_->statistics().sync);
  attempt(failure, [&] { file_->sync(); });
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
  unused_bytes_ = unused_bytes() + forgotten_bytes_;
  trees_.reset();
  attempt(failure, [&] { file_->close(); });
  node_.reset();
  file_.reset();
  comm::conclude(comm_, "closing the file", failure);
}

void DirectEngine::leave() {
  stop();
  std::optional<Error> ignored;  // that ranks are missing is the error to tell
  if (trees_) attempt(ignored, [&] { trees_->close(); });
  trees_.reset();
  node_.reset();
  file_.reset();
}

hdf5::Record DirectEngine::record_of(const Written& written, std::span<const std::byte> registrations) {
  const Commit& commit = written.commit;
  hdf5::Record record{commit.definitions, commit.step.fields, {}, commit.step.values};
  record.begin.insert(record.begin.end(), commit.step.series.begin(), commit.step.series.end());
  for (const FieldData& data : commit.fields) {
    const schema::Field& field = *data.field;
    record.chunks.push_back(
        {field.path, data.step, field.chunk, data.plan->grid.counts(), field.components > 1, {}, data.first_chunk});
  }
  std::vector<StepRow> steps;
  take_all(registrations, record.chunks, steps, written.summaries, measures_);
  growing_.add_to(record, commit, steps, *trees_);
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
    hdf5::Record record = record_of(written, registrations);
    std::uint64_t stored = 0;
    for (const hdf5::PlacedChunks& of_field : record.chunks) {
      for (const hdf5::PlacedChunk& chunk : of_field.chunks) stored += chunk.size;
    }
    if (stored > 0) stored_bytes_ = stored;
    trees_->commit(std::move(record));
    growing_.committed();
  }
  const double sync = trees_->sync_seconds() - synced;
  add_of_root(measures_, seconds - sync, sync);
  has_measures_ = written.commit.measured.has_value();
}

/// Rank 0 gathers what all wrote, or learns that one could not, and answers how it ended. What failed all tell each
/// other then. \param rest first group that has chunks without a place, of this rank
DirectEngine::Verdict DirectEngine::publish(const Written& written, std::optional<Error> failure, std::size_t rest) {
  register_all(written.placed, written.rows, written.summaries, registrations_);
  if (written.commit.measured) {
    own_measures_.set(rounds_->statistics(), before_, *written.commit.measured);
    own_measures_.requests = written.requests;
    register_measures(own_measures_, registrations_);
  }
  comm_.watch().set_progress(comm::Progress::handed_over);
  const bool is_early = published_ + 1 < few_commits;
  const std::uint64_t wanted = is_early ? 0 : missing_bytes(sizes_.expected_next(written.commit.fields), true);
  const auto gathered =
      gather_.gather(failure ? std::nullopt : std::optional(std::as_bytes(std::span(registrations_))), {wanted, rest});
  comm::BytesGather::Answer answer{};
  if (trees_) answer = answer_of_root(written, gathered, failure);
  // Rank 0 may wait for readers (TreeSet::next_member), which does not make it a missing rank.
  comm_.watch().extend(std::chrono::duration<double>(settings_.reader_grace).count());
  const auto [word, number, size] = gather_.answer([&](std::size_t rank) {
    if (answer[0] == failed || answer[0] == incomplete) return answer;
    return comm::BytesGather::Answer{answer[0], parts_[rank].begin, parts_[rank].size()};
  });
  if (word == failed) fail(failure);
  if (word == incomplete) return {false, static_cast<std::size_t>(number), size};
  ++published_;
  rounds_->statistics().requests += written.requests.count;
  next_ = word;
  keep_space({number, number + size});
  return {};
}

/// On rank 0: publishes where all have written all.
comm::BytesGather::Answer DirectEngine::answer_of_root(const Written& written,
                                                       std::optional<std::span<const std::byte>> registrations,
                                                       std::optional<Error>& failure) {
  if (!registrations) return {failed};
  std::uint64_t rest = DirectRounds::Rest::none;
  for (std::size_t rank = 0; rank < comm_.ranks(); ++rank) rest = std::min(rest, gather_.numbers_of(rank)[1]);
  if (rest != DirectRounds::Rest::none) return {incomplete, rest, trees_->end()};
  comm_.watch().check_peers();  // once it is published it cannot be taken back
  attempt(failure, [&] {
    publish_tree(written, *registrations);
    comm_.watch().set_progress(comm::Progress::published);
  });
  if (failure) return {failed};
  give_space();
  return {written.in_flight ? root_value() : trees_->end()};
}

/// Throws the error of those that failed, on all ranks. Space that was given out since the last commit is no rank's.
void DirectEngine::fail(const std::optional<Error>& failure) {
  stop();
  const std::uint64_t state = !trees_ || trees_->usable() ? trees_ && trees_->is_in_doubt() ? in_doubt : 0 : unusable;
  const comm::Outcome outcome = comm::try_conclude(comm_, "publishing", failure, 0, state);
  usable_ = outcome.from_root != unusable;
  outcome.from_root == 0 ? extents_.restore() : extents_.clear();
  growing_.failed();
  if (trees_) trees_->take_back();
  throw *outcome.error;
}

}  // namespace tessera::pipeline
