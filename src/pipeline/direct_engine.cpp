#include "pipeline/direct_engine.hpp"

#include <algorithm>
#include <cstring>

#include "base/attempt.hpp"
#include "comm/agree.hpp"
#include "comm/exchange.hpp"
#include "comm/node.hpp"

namespace tessera::pipeline {

namespace {

/// Instead of the file's end, where rank 0 cannot tell one.
constexpr std::uint64_t nowhere = 0;

std::size_t threads_of(const comm::Communicator& comm, const DirectEngine::Settings& settings) {
  const auto share = static_cast<std::size_t>(comm::processors_per_rank(comm));
  return settings.threads != 0 ? settings.threads : share;
}

}  // namespace

DirectEngine::DirectEngine(const comm::Communicator& comm, const storage::Place& place, const Settings& settings)
    : comm_(comm), settings_(settings), rounds_(comm, threads_of(comm, settings)), preflight_(place) {
  std::optional<storage::Unfinished> unfinished;  // on rank 0
  together("creating the file", comm.rank() == 0, [&] { create(unfinished.emplace(place)); });
  const std::string path = comm::broadcast_text(comm_, 0, unfinished ? unfinished->path() : std::string());
  together("opening the file", comm.rank() != 0, [&] { file_ = storage::open_file(path, place); });
  together("creating the file", comm.rank() == 0, [&] { give_name(*unfinished, place); });
}

/// Lets some ranks do something, and tells all how it went.
template <class Action>
void DirectEngine::together(const char* what, bool takes_part, Action&& action) {
  std::optional<Error> failure;
  if (takes_part) attempt(failure, action);
  comm::agree(comm_, {what, std::move(failure)});
}

/// Under another name until it is a complete HDF5 file, so that a file which is replaced stays readable until then.
void DirectEngine::create(storage::Unfinished& unfinished) {
  file_ = unfinished.take_file();
  trees_.emplace(*file_, hdf5::TreeSet::Options{.grace = settings_.reader_grace, .power_safe = settings_.power_safe});
}

/// All ranks have opened the file; from here on it may be others who do.
void DirectEngine::give_name(storage::Unfinished& unfinished, const storage::Place& place) {
  trees_->expect_no_readers();
  unfinished.publish(settings_.overwrite);
  std::optional<Error> failure;
  if (settings_.power_safe) attempt(failure, [&] { storage::sync_folder(place.path); });
  attempt(failure, [&] { trees_->require_intact(); });
  if (!failure) return;
  if (!settings_.overwrite) unfinished.withdraw();
  throw *failure;
}

std::shared_ptr<const ChunkPlan> DirectEngine::plan(const schema::Field& field, const Division& division,
                                                    std::shared_ptr<const ChunkPlan> like) {
  constexpr std::size_t least = std::size_t{64} << 20;
  const std::size_t budget =
      settings_.memory_budget != 0 ? settings_.memory_budget : std::max(least, bytes_of(division.own_cells, field) / 4);
  auto plan = std::move(like);
  if (!plan) {
    plan = std::make_shared<ChunkPlan>(plan_chunks(comm_, division, chunks_per_round(field, division.grid, budget)));
  }
  std::optional<Error> failure;
  attempt(failure, [&] { rounds_.reserve(field, *plan); });
  comm::agree(comm_, {"planning", std::move(failure)});
  return plan;
}

/// Two batches are under way, and in the worst case as much twice as pieces that arrive, besides what the encoders
/// keep.
std::int64_t DirectEngine::chunks_per_round(const schema::Field& field, const grid::ChunkGrid& chunks,
                                            std::size_t budget) const {
  const std::size_t chunk = slot_bytes(field, chunks);
  const std::size_t threads = rounds_.statistics().threads;
  const std::size_t fixed = threads * (chunk + codec::scratch_bytes(field.codec, chunk));
  const std::size_t affordable = (budget - std::min(budget, fixed)) / (4 * chunk);
  // Every thread has a few chunks of a round, so that none is idle for long at its end.
  constexpr std::size_t chunks_per_thread = 2;
  constexpr std::size_t least_bytes = std::size_t{8} << 20;
  const std::size_t wanted = std::max(chunks_per_thread * threads, least_bytes / chunk);
  return static_cast<std::int64_t>(std::clamp<std::size_t>(std::min(affordable, wanted), 1, 1 << 20));
}

/// Where the bytes of a commit go. Looks at the file first: one that was cut off must not be made longer again.
std::uint64_t DirectEngine::word_of_root() noexcept {
  if (!trees_) return nowhere;
  not_intact_.reset();
  attempt(not_intact_, [&] { trees_->require_intact(); });
  return not_intact_ ? nowhere : trees_->end();
}

void DirectEngine::commit(const Commit& commit, std::uint64_t begin) {
  if (begin == nowhere) comm::agree(comm_, {"looking at the file", std::exchange(not_intact_, std::nullopt)});
  if (trees_) {
    preflight_.before(commit, begin);
    trees_->expect_writes();
  }
  DirectRounds::Result result = rounds_.write(commit.fields, *file_, begin, settings_.power_safe);
  Statistics& statistics = rounds_.statistics();
  // On rank 0 the metadata's sync, which comes before the superblock's write, does for the data too.
  if (settings_.power_safe && !trees_) {
    const Timer timer(statistics.sync);
    attempt(result.failure, [&] { file_->sync(); });
  }
  const Timer timer(statistics.publish);
  publish(commit, result, begin);
  if (trees_) preflight_.after(begin, trees_->end());
}

void DirectEngine::close() {
  std::optional<Error> failure;
  if (trees_) attempt(failure, [&] { trees_->close(); });
  trees_.reset();
  attempt(failure, [&] { file_->close(); });
  file_.reset();
  comm::agree(comm_, {"closing the file", std::move(failure)});
}

void DirectEngine::leave() {
  std::optional<Error> ignored;  // that ranks are missing is the error to tell
  if (trees_) attempt(ignored, [&] { trees_->close(); });
  trees_.reset();
  file_.reset();
}

/// Plain bytes for the way to rank 0.
struct Registration {
  hdf5::PlacedChunk chunk;
  std::uint64_t field = 0;
};

hdf5::Record DirectEngine::record_of(const Commit& commit, std::span<const std::byte> registrations) const {
  hdf5::Record record{commit.definitions, commit.step.fields, {}, commit.step.values};
  record.begin.insert(record.begin.end(), commit.step.series.begin(), commit.step.series.end());
  for (const FieldData& data : commit.fields) {
    const schema::Field& field = *data.field;
    record.chunks.push_back({field.path, data.step, field.chunk, data.plan->grid.counts(), field.components > 1, {}});
  }
  for (std::size_t at = 0; at < registrations.size(); at += sizeof(Registration)) {
    Registration one;
    std::memcpy(&one, registrations.data() + at, sizeof one);
    record.chunks[one.field].chunks.push_back(one.chunk);
  }
  return record;
}

/// Two meetings: rank 0 gathers what all wrote, or learns that one could not; then all learn how it ended.
void DirectEngine::publish(const Commit& commit, const DirectRounds::Result& result, std::uint64_t begin) {
  std::vector<Registration> own;
  for (std::size_t field = 0; field < result.placed.size(); ++field) {
    for (const hdf5::PlacedChunk& chunk : result.placed[field]) own.push_back({chunk, field});
  }
  comm_.watch().set_progress(comm::Progress::handed_over);
  const auto registrations = comm::gather_bytes_of_all(
      comm_, result.failure ? std::nullopt : std::optional(std::as_bytes(std::span(own))));
  std::optional<Error> failure = result.failure;
  if (trees_ && registrations) {
    comm_.watch().heed();  // once it is published it cannot be taken back
    attempt(failure, [&] {
      trees_->reserve(result.end - begin);
      trees_->commit(record_of(commit, *registrations));
      comm_.watch().set_progress(comm::Progress::published);
    });
  }
  // All ranks have to know whether the trees can go on after a failure.
  const std::uint64_t usable = trees_ && trees_->usable() ? 1 : 0;
  const comm::Outcome outcome = comm::try_agree(comm_, {"publishing", std::move(failure), 0, usable});
  usable_ = outcome.from_root != 0;
  if (outcome.error) throw *outcome.error;
}

}  // namespace tessera::pipeline
