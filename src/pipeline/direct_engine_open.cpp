#include <filesystem>

#include "base/attempt.hpp"
#include "base/extents.hpp"
#include "base/text.hpp"
#include "comm/agree.hpp"
#include "comm/broadcast.hpp"
#include "comm/node.hpp"
#include "pipeline/direct_engine.hpp"
#include "pipeline/output_cpus.hpp"
#include "storage/directory.hpp"
#include "storage/shared_opening.hpp"

/// \file
/// How all ranks come to one file: a new one, or one that is there.

namespace tessera::pipeline {

namespace {

/// Paths of the runs that have so many chunks that copying their indexes takes as long as a commit.
std::set<std::string> long_runs(const schema::Contents& contents) {
  constexpr std::int64_t least = 10'000;
  std::set<std::string> paths;
  for (const schema::StoredRun& run : contents.runs) {
    std::int64_t chunks = 0;
    for (const schema::StoredField& stored : run.fields) {
      const schema::Field& field = stored.field;
      if (field.chunk.empty()) continue;
      chunks += count_chunks(field.shape(), field.chunk) * (field.time_dependent ? stored.steps : 1);
    }
    if (chunks >= least) paths.insert(run.run.path);
  }
  return paths;
}

}  // namespace

void DirectEngine::open() {
  const comm::Node node = comm::query_own_node(comm_);
  nodes_ = (comm_.size() + node.ranks - 1) / node.ranks;  // as if all had as many ranks: for stripes that will do
  if (settings_.threads == 0) settings_.threads = static_cast<std::size_t>(node.share);
  std::optional<Error> failure;
  std::uint64_t shares = 0;  // the same on every rank once it is agreed on
  attempt(failure, [&] {
    output_cpus_ = output_cpus();
    rounds_.emplace(comm_, settings_.threads);
    rounds_->statistics().output_cpus = output_cpus_.value_or(CpuSet{});
    preflight_.emplace(place_);
    writers_ = writers_per_node();
    // One rank asks: a metadata server would be asked as often as there are ranks.
    if (comm_.rank() == 0) file_system_ = storage::file_system_of(storage::directory_of(place_.path));
    shares = is_space_shared() ? 1 : 0;
    gather_.reserve(0, 0);
  });
  const comm::Outcome outcome = comm::try_conclude(comm_, "opening", failure, shares, storage::to_word(file_system_));
  if (outcome.error) throw *outcome.error;
  file_system_ = storage::file_system_of_word(outcome.from_root);
  share_space(node, outcome.flags != 0);
  settings_.continues ? open_found() : open_new();
}

void DirectEngine::open_new() {
  std::optional<Error> failure;
  std::optional<storage::Unfinished> unfinished;  // on rank 0, as is the next
  std::optional<storage::OpeningGiver> giver;
  std::optional<storage::OpeningTaker> taker;
  together("creating the file", comm_.rank() == 0, [&] {
    const storage::Striping wanted = striping_of(file_system_, place_.path, comm_.size(), nodes_);
    create(unfinished.emplace(place_, wanted));
    if (wanted.count > 0) striping_ = storage::striping_of_file(unfinished->path());
    if (stripes_are_asked_for() && striping_.count != wanted.count) {
      preflight_->warn("Lustre did not give the file the " + std::to_string(wanted.count) +
                       " stripes that TESSERA_STRIPES asks for");
    }
    giver.emplace(unfinished->path());
  });
  const std::string_view own = unfinished ? std::string_view(unfinished->path()) : std::string_view();
  const std::string path = comm::broadcast_text(comm_, 0, own, failure);
  const auto open_it = [&] {
    if (failure) throw *failure;
    file_ = storage::open_file(path, place_);
    taker.emplace(path);
  };
  together("opening the file", comm_.rank() != 0, open_it);
  node_.emplace(comm_, *file_, file_system_, writers_, striping_);
  together("creating the file", comm_.rank() == 0, [&] {
    file_->give_opening(*giver);
    give_name(*unfinished, place_);
  });
  if (taker) file_->take_opening(*taker);
}

/// Rank 0 alone looks at what is in the file, and tells the others.
void DirectEngine::open_found() {
  std::optional<Error> failure;
  std::optional<storage::OpeningGiver> giver;  // on rank 0
  std::optional<storage::OpeningTaker> taker;
  std::string bytes;
  const auto own_name = [&] { return std::filesystem::absolute(place_.path).string(); };  // of no other job here
  const auto look = [&] {
    file_ = storage::continue_file(place_.path, place_);
    if (file_system_.name == "Lustre") keep_stripes();
    trees_.emplace(*file_, tree_options(), hdf5::TreeSet::Found{});
    trees_->expect_no_readers();  // those that are there read what nobody will change
    contents_ = trees_->contents();
    bytes = schema::to_bytes(*contents_);
    long_runs_ = long_runs(*contents_);
    giver.emplace(own_name());
  };
  comm_.watch().extend(std::chrono::duration<double>(storage::other_writer_patience).count());
  together("reading what is in the file", comm_.rank() == 0, look);
  bytes = comm::broadcast_text(comm_, 0, bytes, failure);
  const auto open_it = [&] {
    if (failure) throw *failure;
    contents_ = schema::contents_of(bytes);
    file_ = storage::open_file(place_.path, place_);
    taker.emplace(own_name());
  };
  together("opening the file", comm_.rank() != 0, open_it);
  node_.emplace(comm_, *file_, file_system_, writers_, striping_);
  together("opening the file", comm_.rank() == 0, [&] { file_->give_opening(*giver); });
  if (taker) file_->take_opening(*taker);
}

/// Those of a file that is there, on rank 0; says so where others are asked for.
void DirectEngine::keep_stripes() {
  striping_ = storage::striping_of_file(place_.path);
  if (!stripes_are_asked_for()) return;
  const std::uint64_t asked = striping_of(file_system_, place_.path, comm_.size(), nodes_).count;
  if (asked == 0 || striping_.count == 0 || striping_.count == asked) return;
  preflight_->warn("the file " + in_quotes(place_.name) + " keeps the " + std::to_string(striping_.count) +
                   " stripes that it was created with; for the " + std::to_string(asked) +
                   " that TESSERA_STRIPES asks for begin a new file, or move it (lfs migrate)");
}

void DirectEngine::expect_steps(const std::string& path) noexcept {
  if (!trees_ || long_runs_.erase(path) == 0) return;
  trees_->prepare_for(path);
}

/// Lets some ranks do something, and tells all how it went.
template <class Action>
void DirectEngine::together(const char* what, bool takes_part, Action&& action) {
  std::optional<Error> failure;
  if (takes_part) attempt(failure, action);
  comm::conclude(comm_, what, failure);
}

/// Under another name until it is a complete HDF5 file, so that a file which is replaced stays readable until then.
void DirectEngine::create(storage::Unfinished& unfinished) {
  file_ = unfinished.take_file();
  trees_.emplace(*file_, tree_options());
}

hdf5::TreeSet::Options DirectEngine::tree_options() const {
  return {.grace = settings_.reader_grace, .power_safe = settings_.power_safe};
}

/// All ranks have opened the file; from here on it may be others who do.
void DirectEngine::give_name(storage::Unfinished& unfinished, const storage::Place& place) {
  trees_->expect_no_readers();
  unfinished.publish(settings_.overwrite);
  std::optional<Error> failure;
  if (settings_.power_safe) attempt(failure, [&] { storage::sync_directory(place.path); });
  attempt(failure, [&] { trees_->require_intact(); });
  if (!failure) return;
  if (!settings_.overwrite) unfinished.withdraw();
  throw *failure;
}

}  // namespace tessera::pipeline
