#include "writer/state.hpp"

#include <cstdio>
#include <cstdlib>
#include <ctime>

#include <tessera/config.hpp>

#include "base/filters.hpp"
#include "base/text.hpp"
#include "comm/check.hpp"
#include "comm/io_hints.hpp"
#include "comm/keep.hpp"
#include "comm/rank_timeout.hpp"
#include "writer/check_path.hpp"
#include "writer/engine_choice.hpp"
#include "writer/text.hpp"

namespace tessera::detail {

namespace {

constexpr std::size_t most_threads = 1024;

/// How long a destructor waits for the other ranks' destructors or next collective call.
constexpr double farewell_seconds = 5;

/// "2026-01-31T12:00:00Z: created by Tessera 0.1.0"; SOURCE_DATE_EPOCH: https://reproducible-builds.org/specs/
std::string default_history() {
  std::time_t now = std::time(nullptr);
  if (const char* epoch = std::getenv("SOURCE_DATE_EPOCH")) now = static_cast<std::time_t>(std::atoll(epoch));
  std::tm parts{};
  char text[32] = "";
  if (gmtime_r(&now, &parts) != nullptr) std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return std::string(text) + ": created by Tessera " TESSERA_VERSION_STRING;
}

/// What the environment decides over the options; what makes no sense there is kept for the first meeting.
Options with_environment(Options options, std::optional<Error>& failure) {
  attempt(failure, [&] { choose_engine(options.engine); });
  attempt(failure, [&] { options.rank_timeout = comm::rank_timeout(options.rank_timeout); });
  return options;
}

}  // namespace

const schema::Group& RunEntry::group() const { return writer->catalog().group(number); }

const schema::FieldRecord& FieldEntry::record() const { return run->writer->catalog().field(run->number, number); }

WriterState::WriterState(MPI_Comm communicator, const std::string& path, const Options& options)
    : path_(path),
      options_(with_environment(options, noted_)),
      comm_(communicator, "tessera::Writer", options_.rank_timeout) {
  comm_.watch().enter("Writer(" + in_quotes(path) + ")", comm::Progress::unpublished);
  std::string target;
  meet(writer_text(path, options_), [&] {
    check_engine(options_.engine);
    check_codec(options.codec, "Options::codec");
    schema::Catalog().define_root(options.history, options.attributes);
    if (options.threads > most_threads) {
      throw Error(ErrorCode::invalid_argument, "Options::threads = " + std::to_string(options.threads) +
                                                   "; a rank can have at most " + std::to_string(most_threads));
    }
    if (options.reader_grace_ms < 0) throw Error(ErrorCode::invalid_argument, "the reader grace is negative");
    comm::check_io_hints(options.mpi_io_hints);
    if (comm_.rank() == 0) target = check_path(path, options.overwrite);
    if (comm_.rank() == 0 && options_.engine == Engine::collective) check_mpi_io_path(target);
  });
  std::string history = options_.history;
  if (history.empty()) history = comm::broadcast_text(comm_, 0, default_history());
  engine_ = make_engine(comm_, {comm::broadcast_text(comm_, 0, target), path}, options_);
  schema::Catalog next;
  meet("Writer(" + in_quotes(path) + "): root group", [&] {
    next = schema::Catalog({engine_->most_series(), engine_->name()});
    next.define_root(history, options.attributes);
    runs_.push_back(std::make_shared<RunEntry>());
    runs_.front()->writer = this;
  });
  keep(std::move(next));
}

WriterState::~WriterState() = default;

comm::Outcome WriterState::meet(const comm::Call& call) {
  comm::Outcome outcome = comm::try_agree(comm_, call);
  if (outcome.error && outcome.error->code() == ErrorCode::abandoned) {
    closed_ = true;
    end_all_steps();
    close_engine(true);
  }
  if (outcome.error) throw *outcome.error;
  return outcome;
}

/// Names that not every reader takes are warned of once: whoever has one usually has many.
void WriterState::keep(schema::Catalog&& next) noexcept {
  catalog_ = std::move(next);
  if (catalog_.doubt().empty() || std::exchange(warned_of_names_, true) || comm_.rank() != 0) return;
  std::fprintf(stderr, "tessera: warning: %s: %s\n", path_.c_str(), catalog_.doubt().c_str());
}

void WriterState::note(ErrorCode code, const std::string& message) {
  if (!noted_) noted_.emplace(code, message);
}

void WriterState::require_open(const char* verb) const {
  if (closed_) {
    const char* why = comm_.watch().verdict() ? " was closed, since ranks were missing" : " was closed; make all calls before close()";
    throw Error(ErrorCode::wrong_order, std::string(verb) + " after the writer of " + in_quotes(path_) + why);
  }
  comm::require_mpi(verb);
}

void WriterState::end_all_steps() {
  const auto end = [](const RunEntry& run) {
    if (const auto step = run.open.lock()) step->over = true;
  };
  for (const auto& run : runs_) end(*run);
}

void WriterState::close() {
  if (closed_ && !comm_.watch().verdict()) return;
  const std::string name = "close() of " + in_quotes(path_);
  together("Writer::close", name, [&] { close_together(name); });
}

void WriterState::close_together(const std::string& name) {
  const comm::Call call{name, std::exchange(noted_, std::nullopt), 0, engine_->word_of_root()};
  const comm::Outcome outcome = comm::try_agree(comm_, call);
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
  attempt(failure, [&] {
    if (!engine_->usable()) return;
    schema::Catalog next = catalog_;
    for (const auto& run : runs_) define_remaining(next, *run);
    // Nothing to add, nothing that could fail: not on a full disk either.
    if (!next.has_queued()) return;
    in_context(name, [&] { engine_->commit({next.queued(), {}, {}}, outcome.from_root); });
    next.settle();
    keep(std::move(next));
  });
  attempt(failure, [&] { in_context(name, [&] { engine_->close(); }); });
  if (!comm_.watch().verdict()) engine_.reset();
  if (failure) throw *failure;
}

/// After a rank has left. `met`: this rank knows it from the others. Nothing is published.
void WriterState::close_engine(bool met) noexcept {
  if (!engine_ || engine_->closes_alone()) {
    engine_.reset();
  } else if (met && comm::all_come(comm_, farewell_seconds)) {
    std::optional<Error> ignored;  // the error that led here is the one to tell
    attempt(ignored, [&] { engine_->close(); });
    engine_.reset();
  } else {
    // Some rank does not come: HDF5 would wait for it. The file is left as the last commit flushed it.
    comm::keep_forever(std::shared_ptr<pipeline::Engine>(std::move(engine_)));
  }
}

/// Ranks are missing. The file is left as the last commit left it. The engine's memory stays: messages may come yet.
void WriterState::give_up() noexcept {
  closed_ = true;
  end_all_steps();
  if (!engine_) return;
  engine_->leave();
  comm::keep_forever(std::shared_ptr<pipeline::Engine>(std::move(engine_)));
}

void WriterState::abandon() noexcept {
  if (closed_ || !engine_) return;
  closed_ = true;
  end_all_steps();
  std::optional<std::vector<int>> leavers;
  if (comm::mpi_is_usable()) leavers = comm::abandon(comm_, farewell_seconds);
  if (!leavers || leavers->front() == comm_.rank()) {
    std::fprintf(stderr, "tessera: warning: the writer of '%s' was destroyed without close(); the file keeps the %lld "
                         "committed steps, nothing else was added\n",
                 path_.c_str(), static_cast<long long>(commits_));
  }
  close_engine(leavers.has_value());
}

}  // namespace tessera::detail
