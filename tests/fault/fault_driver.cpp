/// \file
/// Makes every fault of a small run, one run after the other in one set of processes.
///
///     fault_driver INJECTOR DURABILITY DIRECTORY [--share N] [--limit SECONDS] [--append 1] [--read 1] [--in-flight 1]
///
/// INJECTOR is seam (the storage layer) or shim (system calls; LD_PRELOAD the shim), DURABILITY kill_safe or
/// power_safe. With --share only every N-th fault is made; with --append a file of two steps is continued, with
/// --read it is read; with --in-flight commits do not wait. Each run is a line of DIRECTORY/manifest.jsonl, which
/// check_faults.py reads.

#include <mpi.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <thread>

#include "scenario.hpp"
#include "snapshot.hpp"
#include "support/json.hpp"
#include "witness.hpp"

using namespace tessera::fault;
using tessera_test::Json;

namespace {

struct Arguments {
  std::string injector;
  bool power_safe = false;
  std::string directory;
  long share = 1;
  double limit = 15;
  bool append = false;
  bool in_flight = false;
  bool read = false;
  bool kinds = false;
};

Arguments parse(int argc, char** argv) {
  if (argc < 4) std::exit(64);
  Arguments arguments{argv[1], std::string(argv[2]) == "power_safe", argv[3]};
  for (int i = 4; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--share") == 0) arguments.share = std::atol(argv[i + 1]);
    else if (std::strcmp(argv[i], "--limit") == 0) arguments.limit = std::atof(argv[i + 1]);
    else if (std::strcmp(argv[i], "--append") == 0) arguments.append = true;
    else if (std::strcmp(argv[i], "--in-flight") == 0) arguments.in_flight = true;
    else if (std::strcmp(argv[i], "--read") == 0) arguments.read = true;
    else if (std::strcmp(argv[i], "--kinds") == 0) arguments.kinds = true;
    else std::exit(64);
  }
  return arguments;
}

Json list_of(const std::vector<std::string>& texts) {
  std::vector<Json> items;
  for (const std::string& text : texts) items.push_back(Json::string(text));
  return Json::array(items);
}

/// Whether no call has to report the fault: HDF5 also reads when it closes a file all of which is written.
bool may_be_silent(const Setup& setup, const Fault* fault, const Outcome& outcome) {
  if (fault == nullptr || fault->may_be_silent()) return true;
  // Before space is said to be free in the file; else kill-safe commits have no syncs.
  const bool of_record =
      (setup.goes_on || setup.in_flight) && setup.options.durability == tessera::Durability::kill_safe;
  return (setup.reads && fault->kind == Kind::close) || (fault->kind == Kind::read && outcome.in_close) ||
         (fault->kind == Kind::sync && of_record);
}

std::string line_of(const Setup& setup, const Fault* fault, const std::string& policy, const Outcome& outcome) {
  std::vector<Json> snapshots;
  for (const auto& [file, steps] : outcome.snapshots) {
    snapshots.push_back(Json::array({Json::string(file), Json::number(steps)}));
  }
  std::string text = Json::object({{"file", Json::string(setup.file)},
                                   {"fault", Json::string(fault == nullptr ? "none" : to_string(*fault))},
                                   {"transparent", Json::boolean(fault != nullptr && fault->is_transparent())},
                                   {"may_be_silent", Json::boolean(may_be_silent(setup, fault, outcome))},
                                   {"policy", Json::string(policy)},
                                   {"replaces", Json::boolean(setup.options.overwrite)},
                                   {"goes_on", Json::boolean(setup.goes_on)},
                                   {"has_kinds", Json::boolean(setup.has_kinds)},
                                   {"steps", Json::number(outcome.steps)},
                                   {"errors", Json::number(outcome.errors)},
                                   {"error", Json::string(outcome.first_error)},
                                   {"fired", Json::boolean(outcome.fired)},
                                   {"last_failed", Json::boolean(outcome.last_failed)},
                                   {"in_doubt", Json::boolean(outcome.in_doubt)},
                                   {"snapshots", Json::array(snapshots)},
                                   {"disagreements", list_of(outcome.disagreements)},
                                   {"losses", list_of(outcome.losses)},
                                   {"hangs", list_of(outcome.hangs)}})
                         .text();
  for (char& letter : text) {
    if (letter == '\n') letter = ' ';
  }
  return text + "\n";
}

/// All runs, one after the other; the same on every rank.
class Driver {
 public:
  Driver(const Arguments& arguments, Injector& injector) : arguments_(arguments) {
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    setup_.injector = &injector;
    setup_.limit = arguments.limit;
    setup_.options.reader_grace_ms = 0;
    setup_.options.chunk_bytes = 1;
    setup_.has_kinds = arguments.kinds;
    if (arguments.power_safe) setup_.options.durability = tessera::Durability::power_safe;
    if (arguments.append || arguments.read) make_beginning();
    setup_.in_flight = arguments.in_flight;
    if (rank_ == 0) manifest_.open(arguments.directory + "/manifest.jsonl");
  }

  void run_all() {
    const Outcome clean = run_one(nullptr, Policy::close, "close");
    const auto trials = all_trials(clean.counts, arguments_.injector == "shim", arguments_.power_safe);
    for (std::size_t i = 0; i < trials.size(); i += static_cast<std::size_t>(arguments_.share)) {
      run_one(&trials[i].fault, trials[i].policy, name_of(trials[i].policy));
    }
    if (rank_ == 0) manifest_ << "{\"end\": true}\n" << std::flush;
  }

 private:
  static const char* name_of(Policy policy) {
    return policy == Policy::retry ? "retry" : policy == Policy::close ? "close" : "close_under";
  }

  Outcome run_one(const Fault* fault, Policy policy, const std::string& policy_name) {
    const long number = runs_++;
    setup_.file = arguments_.directory + "/run_" + std::to_string(number) + ".h5";
    setup_.options.overwrite = !setup_.goes_on && number % 2 == 1;
    if (rank_ == 0) prepare();
    const std::string text = fault == nullptr ? "none" : to_string(*fault);
    if (rank_ == 0) std::snprintf(now_, sizeof now_, "%s, then %s", text.c_str(), policy_name.c_str());
    MPI_Barrier(MPI_COMM_WORLD);
    Outcome outcome = setup_.reads ? run_reading(setup_, fault) : run(setup_, fault, policy);
    if (rank_ == 0) manifest_ << line_of(setup_, fault, policy_name, outcome) << std::flush;
    return outcome;
  }

  void make_beginning() {
    setup_.file = beginning();
    tessera::fault::make_beginning(setup_);
    setup_.goes_on = true;
    setup_.reads = arguments_.read;
    setup_.options.open = tessera::OpenMode::append;
  }

  std::string beginning() const { return arguments_.directory + "/beginning.h5"; }

  /// What is there before the writer.
  void prepare() {
    const Pause pause(*setup_.injector);
    if (setup_.goes_on) copy_file(beginning(), setup_.file);
    if (setup_.options.overwrite) std::ofstream(setup_.file) << "old";
  }

 public:
  static char now_[256];  ///< what is being done, for the watchdog

 private:
  Arguments arguments_;
  Setup setup_;
  int rank_ = 0;
  long runs_ = 0;
  std::ofstream manifest_;
};

char Driver::now_[256] = "start";

/// Ends the program where no call has ended for three times the limit: some rank waits for ever.
void watch(double limit) {
  std::thread([limit] {
    long before = -1;
    while (Witness::progress != before) {
      before = Witness::progress;
      std::this_thread::sleep_for(std::chrono::duration<double>(3 * limit));
    }
    if (Driver::now_[0] != 's') std::fprintf(stderr, "HANG: %s\n", Driver::now_);
    std::fflush(nullptr);
    _exit(3);
  }).detach();
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments = parse(argc, argv);
  MPI_Init(&argc, &argv);
  Injector* injector = arguments.injector == "shim" ? shim_injector() : &seam_injector();
  if (injector == nullptr) {
    std::fprintf(stderr, "the shim is not there: set LD_PRELOAD\n");
    MPI_Abort(MPI_COMM_WORLD, 64);
  }
  watch(arguments.limit);
  Driver(arguments, *injector).run_all();
  MPI_Finalize();
  return 0;
}
