#include "writer/state.hpp"

#include <cstdio>
#include <cstdlib>
#include <ctime>

#include <tessera/config.hpp>

#include "base/filters.hpp"
#include "base/text.hpp"
#include "comm/abandon.hpp"
#include "comm/broadcast.hpp"
#include "comm/check.hpp"
#include "comm/io_hints.hpp"
#include "comm/keep.hpp"
#include "comm/rank_timeout.hpp"
#include "writer/check_path.hpp"
#include "writer/engine_choice.hpp"
#include "writer/text.hpp"

namespace tessera::detail {

namespace {

constexpr std::size_t max_threads = 1024;

constexpr const char* owner = "tessera::Writer";

/// "2026-01-31T12:00:00Z"; SOURCE_DATE_EPOCH: https://reproducible-builds.org/specs/
std::string now_text() {
  std::time_t now = std::time(nullptr);
  if (const char* epoch = std::getenv("SOURCE_DATE_EPOCH")) now = static_cast<std::time_t>(std::atoll(epoch));
  std::tm parts{};
  char text[32] = "";
  if (gmtime_r(&now, &parts) != nullptr) std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

/// What the environment decides over the options.
void heed_environment(WriterSetup& setup) noexcept {
  attempt(setup.noted, [&] { choose_engine(setup.options.engine); });
  attempt(setup.noted, [&] { setup.options.rank_timeout = comm::rank_timeout(setup.options.rank_timeout); });
}

}  // namespace

const schema::Group& RunEntry::group() const { return writer->catalog().group(number); }

const schema::FieldRecord& FieldEntry::record() const { return run->writer->catalog().field(run->number, number); }

std::shared_ptr<WriterState> WriterState::open(MPI_Comm communicator, const std::string& path, const Options& options) {
  std::optional<Error> failure;
  std::shared_ptr<std::optional<WriterState>> place;
  WriterSetup setup;
  attempt(failure, [&] {
    place = std::make_shared<std::optional<WriterState>>();
    setup.path = path;
    setup.options = options;
  });
  heed_environment(setup);
  if (failure) comm::refuse(communicator, owner, setup.options.rank_timeout, *failure);
  place->emplace(communicator, std::move(setup));
  return {place, &**place};
}

WriterState::WriterState(MPI_Comm communicator, WriterSetup&& setup)
    : path_(std::move(setup.path)), noted_(std::move(setup.noted)), options_(std::move(setup.options)),
      comm_(communicator, owner, options_.rank_timeout) {
  comm_.watch().enter("Writer", comm::Progress::unpublished);
  Target target;
  const auto check = [&] {
    comm_.watch().enter("Writer(" + in_quotes(path_) + ")", comm::Progress::unpublished);
    check_options();
    if (comm_.rank() == 0) target = check_path(path_, options_);
    if (comm_.rank() == 0 && options_.engine == Engine::collective) check_mpi_io_path(target.path);
    close_name_ = "close() of " + in_quotes(path_);
    opened_at_ = now_text();
  };
  agree([&] { return writer_text(path_, options_); }, check);
  std::optional<Error> failure;
  opened_at_ = comm::broadcast_text(comm_, 0, opened_at_, failure);
  target = target_of(comm::broadcast_text(comm_, 0, to_text(target), failure));
  target.continues ? continue_file(target.path, failure) : create_file(target.path, failure);
}

/// \param failure of this rank
void WriterState::create_file(const std::string& path, std::optional<Error> failure) {
  schema::Catalog next;
  attempt_unless(failure, [&] {
    engine_ = make_engine(comm_, {path, path_}, options_, false);
    next = schema::Catalog({engine_->max_series(), engine_->name()});
    const bool has_history = !options_.history.empty();
    next.define_root(has_history ? options_.history : opened_at_ + ": created by Tessera " TESSERA_VERSION_STRING,
                     options_.attributes);
    add_entries(next);
  });
  comm::conclude(comm_, "opening", failure);
  engine_->open();  // at last: where it succeeds there is a file
  keep(std::move(next));
}

void WriterState::continue_file(const std::string& path, std::optional<Error> failure) {
  attempt_unless(failure, [&] { engine_ = make_engine(comm_, {path, path_}, options_, true); });
  comm::conclude(comm_, "opening", failure);
  const auto name = "the file " + in_quotes(path_) + " cannot be gone on with";
  in_context(name, [&] { engine_->open(); });
  schema::Catalog next;
  attempt(failure, [&] {
    next = schema::Catalog({engine_->max_series(), engine_->name()}, *engine_->take_contents());
    next.define_root(options_.history, options_.attributes);
    add_entries(next);
  });
  in_context(name, [&] { comm::conclude(comm_, "opening", failure); });
  keep(std::move(next));
}

/// What stands for the runs and fields of a catalog.
void WriterState::add_entries(const schema::Catalog& catalog) {
  for (int number = 0; number < catalog.groups(); ++number) {
    const auto& run = runs_.emplace_back(std::make_shared<RunEntry>());
    run->writer = this;
    run->number = number;
    catalog.group(number).fields.for_each([&](int field, const schema::FieldRecord&) {
      run->fields.push_back(std::make_shared<FieldEntry>(FieldEntry{run.get(), field, {}}));
    });
  }
}

void WriterState::check_options() const {
  check_engine(options_.engine, comm_.rank());
  check_codec(options_.codec, "Options::codec");
  schema::Catalog(schema::Catalog::Limits{}).define_root(options_.history, options_.attributes);
  const auto refuse = [](const std::string& why) { throw Error(ErrorCode::invalid_argument, why); };
  if (options_.threads > max_threads) {
    refuse("Options::threads = " + std::to_string(options_.threads) + "; a rank can have at most " +
           std::to_string(max_threads));
  }
  if (options_.reader_grace_ms < 0) refuse("the reader grace is negative");
  if (options_.open != OpenMode::create && options_.overwrite)
    refuse("Options::overwrite and Options::open contradict each other: replace the file, or go on with it");
  if (options_.open != OpenMode::create && options_.engine == Engine::collective)
    refuse("Engine::collective cannot go on with a file; use Engine::direct, also for files of the other one");
  comm::check_io_hints(options_.mpi_io_hints);
}

WriterState::~WriterState() = default;

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
  together(
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
  attempt(failure, [&] { in_context(close_name_, [&] { bring_in_the_rest(outcome.from_root); }); });
  attempt(failure, [&] { in_context(close_name_, [&] { engine_->close(); }); });
  if (!comm_.watch().verdict()) engine_.reset();
  if (failure) throw *failure;
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
                 path_.c_str(), static_cast<long long>(commits_));
  }
  close_engine(leavers.has_value());
}

}  // namespace tessera::detail
