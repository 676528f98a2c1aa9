#include "writer/state.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "base/text.hpp"
#include "comm/abandon.hpp"
#include "comm/keep.hpp"

namespace tessera::detail {

const schema::Group& RunEntry::group() const { return writer->catalog().group(number); }

const schema::FieldRecord& FieldEntry::record() const { return run->writer->catalog().field(run->number, number); }

WriterState::~WriterState() {
  // A process that was forked off has no such thread to wait for.
  if (!comm_.is_own_process()) comm::keep_forever(std::move(publisher_));
}

/// Names that not every reader takes are warned of once: whoever has one usually has many.
void WriterState::keep(schema::Catalog&& next) noexcept {
  catalog_ = std::move(next);
  if (catalog_.doubt().empty() || std::exchange(warned_of_names_, true) || comm_.rank() != 0) return;
  std::fprintf(stderr, "tessera: warning: %s: %s\n", path_.c_str(), catalog_.doubt().c_str());
}

void WriterState::require_open(const char* verb) const {
  if (closed_) {
    const char* why = comm_.watch().verdict() ? " was closed, since ranks were missing"
                                              : " was closed; make all calls before close()";
    throw Error(ErrorCode::wrong_order, std::string(verb) + " after the writer of " + in_quotes(path_) + why);
  }
  comm_.require_usable(verb);
}

void WriterState::end_all_steps() {
  const auto end = [](const RunEntry& run) {
    if (const auto step = run.open.lock()) step->over = true;
  };
  for (const auto& run : runs_) end(*run);
}

void WriterState::close() {
  if (closed_ && !comm_.watch().verdict()) return;
  enter(
      "Writer::close", [&]() -> const std::string& { return close_name_; }, [&] { close_together(); });
}

void WriterState::close_together() {
  comm::Call call;
  call.error = std::exchange(noted_, std::nullopt);
  call.from_root = engine_->root_value();
  call.what = std::move(close_name_);
  const comm::Outcome outcome = comm::try_agree(comm_, call);
  close_name_ = std::move(call.what);
  const bool left = outcome.error && outcome.error->code() == ErrorCode::abandoned;
  // Ranks that are not in close() keep their file open, so this one has to as well.
  if (!outcome.same_call && !left) throw *outcome.error;
  closed_ = true;
  end_all_steps();
  if (left) {
    close_engine(true);
    throw *outcome.error;
  }
  std::optional<Error> failure = outcome.error;
  std::uint64_t root_value = outcome.from_root;
  attempt(failure, [&] {
    tell_what_was_lost();
    root_value = finish_all_but(0).value_or(root_value);
  });
  attempt(failure, [&] { in_context(close_name_, [&] { bring_in_the_rest(root_value); }); });
  attempt(failure, [&] { in_context(close_name_, [&] { engine_->close(); }); });
  unused_bytes_ = engine_->unused_bytes();
  if (!comm_.watch().verdict()) engine_.reset();
  tell_unused_bytes();
  if (side_files_ && (!failure || options_.engine == Engine::direct)) side_files_->at_close(catalog_);
  if (reporter_) reporter_->at_close();
  if (failure) throw *failure;
}

/// On rank 0, where it is worth a line; the others know of no unused bytes, and do not ask for the file.
void WriterState::tell_unused_bytes() const noexcept {
  constexpr std::uint64_t least = std::uint64_t{1} << 20;  // small files are replaced metadata for a good part
  if (unused_bytes_ < least) return;
  std::optional<Error> ignored;
  attempt(ignored, [&] {
    const std::uint64_t size = std::filesystem::file_size(path_);
    if (unused_bytes_ < size / 10) return;
    std::fprintf(
        stderr,
        "tessera: %s: %s of %s are unused; later steps will use them, and tessera repack makes a file without them\n",
        path_.c_str(), size_text(unused_bytes_).c_str(), size_text(size).c_str());
  });
}

/// What was declared and never put. Collective.
void WriterState::bring_in_the_rest(std::uint64_t root_value) {
  if (!engine_->usable()) return;
  schema::Catalog next;
  pipeline::Commit commit;
  std::optional<Error> failure;
  attempt(failure, [&] {
    next = catalog_;
    for (const auto& run : runs_) define_remaining(next, *run);
    commit.definitions = next.queued();
  });
  comm::conclude(comm_, "closing", failure);
  // Nothing to add, nothing that could fail: not on a full disk either.
  if (!next.has_queued()) return;
  engine_->commit(commit, {}, root_value);
  next.settle();
  keep(std::move(next));
}

/// After a rank has left. `agreed`: this rank knows it from the others. Nothing is published.
void WriterState::close_engine(bool agreed) noexcept {
  if (engine_ && engine_->in_flight() > 0) {
    // One rank cuts the file where its content ends: no other may be writing behind that.
    engine_->stop();
    if (agreed) comm::all_arrive(comm_, comm::abandon_seconds);
  }
  if (!engine_ || engine_->closes_alone()) {
    engine_.reset();
  } else if (agreed && comm::all_arrive(comm_, comm::abandon_seconds)) {
    std::optional<Error> ignored;  // the error that led here is the one to tell
    attempt(ignored, [&] { engine_->close(); });
    engine_.reset();
  } else {
    // Some rank does not come: HDF5 would wait for it. The file is left as the last commit flushed it.
    comm::keep_forever(std::move(engine_));
  }
  drop_in_flight();
}

/// After a call that failed, in whatever agreement of it.
void WriterState::end_if_over(const Error& error) noexcept {
  if (comm_.watch().verdict()) return give_up();
  if (error.code() != ErrorCode::abandoned || closed_) return;
  closed_ = true;
  end_all_steps();
  close_engine(true);
}

/// Ranks are missing. The file is left as the last commit left it. The engine's memory stays: messages may come yet.
void WriterState::give_up() noexcept {
  closed_ = true;
  end_all_steps();
  if (!engine_) return;
  engine_->leave();
  comm::keep_forever(std::move(engine_));
  drop_in_flight();
}

/// Whether this rank prints a warning that it could not agree about with the others: where MPI is over for all of them
/// the first one does, else whoever is left alone.
bool WriterState::speaks_alone() const noexcept {
  std::optional<Error> why;
  attempt(why, [&] { comm_.require_usable("the destructor of the writer"); });
  return !why || why->code() != ErrorCode::not_initialized || comm_.rank() == 0;
}

void WriterState::abandon() noexcept {
  if (closed_ || !engine_) return;
  end_publishing();  // all ranks have a thread that goes on
  closed_ = true;
  end_all_steps();
  if (!comm_.is_own_process()) {
    // A process that was forked off: the file is that of the other one, and so is all that the engine would do to it.
    comm::keep_forever(std::move(engine_));
    return;
  }
  std::optional<std::vector<int>> leavers;
  if (comm_.usable()) leavers = comm::abandon(comm_, comm::abandon_seconds);
  if (leavers ? leavers->front() == comm_.rank() : speaks_alone()) {
    std::fprintf(stderr,
                 "tessera: warning: the writer of '%s' was destroyed without close(); the file keeps the %lld "
                 "committed steps, nothing else was added\n",
                 path_.c_str(), static_cast<long long>(committed_));
  }
  close_engine(leavers.has_value());
}

}  // namespace tessera::detail
