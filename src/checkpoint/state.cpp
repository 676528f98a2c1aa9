#include "checkpoint/state.hpp"

#include <filesystem>
#include <utility>

#include "base/text.hpp"
#include "checkpoint/files.hpp"
#include "checkpoint/ranks.hpp"
#include "comm/broadcast.hpp"
#include "comm/rank_timeout.hpp"
#include "storage/file.hpp"

namespace tessera::detail {

namespace {

constexpr const char* owner = "tessera::Checkpoint";

void check(const CheckpointSetup& setup) {
  check_checkpoint_path(setup.path);
  if (setup.keep < 1) {
    throw Error(ErrorCode::invalid_argument, "CheckpointOptions::keep is " + std::to_string(setup.keep) +
                                                 "; at least the newest checkpoint has to stay, so give 1 or more");
  }
}

CheckpointSetup setup_of(const std::string& path, const CheckpointOptions& options) {
  CheckpointSetup setup{path, options.keep, options.writer, 0, {}};
  setup.writer.overwrite = true;  // what a job has left unfinished
  setup.writer.durability = Durability::power_safe;
  attempt(setup.noted, [&] { setup.limit = comm::rank_timeout(options.writer.rank_timeout); });
  attempt_unless(setup.noted, [&] { check(setup); });
  return setup;
}

}  // namespace

std::shared_ptr<CheckpointState> CheckpointState::open(MPI_Comm communicator, const std::string& path, double time,
                                                       const Attributes& attributes, const CheckpointOptions& options) {
  std::optional<Error> failure;
  std::shared_ptr<std::optional<CheckpointState>> place;
  CheckpointSetup setup;
  attempt(failure, [&] {
    place = std::make_shared<std::optional<CheckpointState>>();
    setup = setup_of(path, options);
  });
  if (failure) comm::refuse(communicator, owner, setup.limit, *failure);
  place->emplace(communicator, std::move(setup), time, attributes);
  return {place, &**place};
}

CheckpointState::CheckpointState(MPI_Comm communicator, CheckpointSetup&& setup, double time,
                                 const Attributes& attributes)
    : path_(std::move(setup.path)), keep_(setup.keep), comm_(communicator, owner, setup.limit) {
  const auto call = [&] { return "Checkpoint(" + in_quotes(path_) + ", keep " + std::to_string(keep_) + ")"; };
  agree_on_call(comm_, "Checkpoint", call, std::move(setup.noted));
  choose_number();
  writer_.emplace(communicator, unfinished_, setup.writer);
  run_ = writer_->run(Checkpoint::run_name, attributes);
  step_ = run_->step(time);
}

/// A number is given once, also where what had it cannot be read. What a job has left unfinished is removed, not
/// written over: after a kill it may be a second name of a complete one (storage::publish_file).
void CheckpointState::choose_number() {
  on_root(comm_, "looking for earlier checkpoints", [&] {
    const auto numbers = checkpoint_numbers(path_);
    number_ = numbers.empty() ? 1 : numbers.front() + 1;
    std::error_code ignored;  // the writer will tell
    std::filesystem::remove(unfinished_checkpoint(path_), ignored);
  });
  number_ = static_cast<std::int64_t>(comm::broadcast(comm_, 0, static_cast<std::uint64_t>(number_)));
  std::optional<Error> failure;
  attempt(failure, [&] {
    unfinished_ = unfinished_checkpoint(path_);
    file_ = checkpoint_file(path_, number_);
  });
  comm::conclude(comm_, "naming the checkpoint", failure);
}

void CheckpointState::commit() {
  write_down();
  give_name();
  on_root(comm_, "removing old checkpoints", [&] {
    std::optional<Error> ignored;  // the new one is there; the next one removes them too
    attempt(ignored, [&] { remove_old_checkpoints(path_, keep_); });
  });
}

/// The writer's commit syncs what it has written; MPI-IO's and what close() does are synced here.
void CheckpointState::write_down() {
  try {
    step_->commit();
    writer_->close();
  } catch (...) {
    const Error error = caught_error();
    std::optional<Error> ignored;
    attempt(ignored, [&] { writer_->close(); });
    throw error;
  }
  std::optional<Error> failure;
  attempt(failure, [&] {
    const auto file = storage::open_file(unfinished_);
    file->sync();
    file->close();
  });
  comm::conclude(comm_, "syncing the checkpoint", failure);
}

void CheckpointState::give_name() {
  on_root(comm_, "naming the checkpoint", [&] {
    storage::publish_file(unfinished_, {file_, file_}, false);
    storage::sync_directory(file_);
  });
}

}  // namespace tessera::detail
