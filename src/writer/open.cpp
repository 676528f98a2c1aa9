#include <cstdlib>
#include <ctime>

#include <tessera/config.hpp>

#include "base/filters.hpp"
#include "base/text.hpp"
#include "comm/broadcast.hpp"
#include "comm/check.hpp"
#include "comm/io_hints.hpp"
#include "comm/rank_timeout.hpp"
#include "writer/check_path.hpp"
#include "writer/engine_choice.hpp"
#include "writer/publish_choice.hpp"
#include "writer/report_choice.hpp"
#include "writer/state.hpp"
#include "writer/text.hpp"

/// \file
/// How a writer begins: with a new file, or with one that is there.

namespace tessera::detail {

namespace {

constexpr std::size_t max_threads = 1024;
constexpr std::size_t max_in_flight = 16;

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
  attempt(setup.noted, [&] { choose_report(setup.options.report); });
  attempt(setup.noted, [&] { choose_publish_by(setup.options.publish_by); });
  attempt(setup.noted, [&] { setup.options.rank_timeout = comm::rank_timeout(setup.options.rank_timeout); });
}

}  // namespace

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
  std::string text;
  attempt_unless(failure, [&] { text = to_text(target); });
  text = comm::broadcast_text(comm_, 0, text, failure);
  attempt_unless(failure, [&] { target = target_of(text); });
  target.continues ? continue_file(target.path, failure) : create_file(target.path, failure);
}

/// \param failure of this rank
void WriterState::create_file(const std::string& path, std::optional<Error> failure) {
  schema::Catalog next;
  attempt_unless(failure, [&] {
    engine_ = make_engine(comm_, {path, path_}, options_, false);
    side_files_ = make_side_files();
    reporter_ = make_reporter();
    publisher_ = make_publisher();
    next = schema::Catalog({engine_->max_series(), engine_->name(), options_.statistics});
    const bool has_history = !options_.history.empty();
    next.define_root(has_history ? options_.history : opened_at_ + ": created by Tessera " TESSERA_VERSION_STRING,
                     options_.attributes);
    add_entries(next);
  });
  comm::conclude(comm_, "opening", failure);
  if (side_files_) side_files_->before_creation();
  engine_->open();  // at last: where it succeeds there is a file
  keep(std::move(next));
}

void WriterState::continue_file(const std::string& path, std::optional<Error> failure) {
  attempt_unless(failure, [&] {
    engine_ = make_engine(comm_, {path, path_}, options_, true);
    side_files_ = make_side_files();
    reporter_ = make_reporter();
    publisher_ = make_publisher();
  });
  comm::conclude(comm_, "opening", failure);
  const auto name = "the file " + in_quotes(path_) + " cannot be continued";
  in_context(name, [&] { engine_->open(); });
  schema::Catalog next;
  attempt(failure, [&] {
    next = schema::Catalog({engine_->max_series(), engine_->name(), options_.statistics}, *engine_->take_contents());
    next.define_root(options_.history, options_.attributes);
    add_entries(next);
  });
  in_context(name, [&] { comm::conclude(comm_, "opening", failure); });
  keep(std::move(next));
}

/// nullptr: this rank writes no side files.
std::unique_ptr<paraview::LiveSideFiles> WriterState::make_side_files() const {
  if (comm_.rank() != 0 || options_.paraview == SideFiles::none) return nullptr;
  return std::make_unique<paraview::LiveSideFiles>(
      path_, paraview::LiveSideFiles::Settings{options_.paraview, options_.durability == Durability::power_safe,
                                               options_.engine == Engine::collective});
}

/// nullptr: this rank knows of no measures.
std::unique_ptr<Reporter> WriterState::make_reporter() const {
  if (comm_.rank() != 0 || !is_measured(options_)) return nullptr;
  return std::make_unique<Reporter>(path_, engine_->name(), comm_.size(), options_.report);
}

/// What stands for the runs and fields of a catalog.
void WriterState::add_entries(const schema::Catalog& catalog) {
  for (int number = 0; number < catalog.groups(); ++number) {
    const auto& run = runs_.emplace_back(std::make_shared<RunEntry>());
    run->writer = this;
    run->number = number;
    catalog.group(number).fields.for_each([&](int field, const schema::FieldRecord&) {
      run->fields.push_back(std::make_shared<FieldEntry>(FieldEntry{run.get(), field, {}, {}, {}}));
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
  if (options_.steps_in_flight < 1 || options_.steps_in_flight > max_in_flight) {
    refuse("Options::steps_in_flight = " + std::to_string(options_.steps_in_flight) + "; it can be 1 to " +
           std::to_string(max_in_flight));
  }
  check_publish_by(options_, comm_.rank());
  if (options_.reader_grace_ms < 0) refuse("the reader grace is negative");
  if (options_.open != OpenMode::create && options_.overwrite)
    refuse("Options::overwrite and Options::open contradict each other: replace the file, or continue it");
  if (options_.open != OpenMode::create && options_.engine == Engine::collective)
    refuse("Engine::collective cannot continue a file; use Engine::direct, also for files of the other one");
  comm::check_io_hints(options_.mpi_io_hints);
}

}  // namespace tessera::detail
