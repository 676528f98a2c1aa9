/// Runs random programs of calls, with one rank or two that do something else, and checks that every rank gets the same
/// results, call by call, and that none waits for ever. What the files have to hold goes to DIRECTORY/manifest.json,
/// for check_fuzz.py.
///
///   mpiexec -n 3 fuzz DIRECTORY FIRST_SEED COUNT [collective]

#include <mpi.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "runner.hpp"
#include "support/json.hpp"

namespace {

using tessera_test::Json;

constexpr unsigned seconds_for_one = 30;
std::array<char, 96> late_message{};

/// Async-signal-safe: says which program did not end, and ends the process.
void on_alarm(int) {
  static_cast<void>(!::write(STDERR_FILENO, late_message.data(), late_message.size()));
  _exit(3);
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

/// Every rank's text on rank 0.
std::vector<std::string> gather(const std::string& own, int rank, int ranks) {
  int size = static_cast<int>(own.size());
  std::vector<int> sizes(static_cast<std::size_t>(ranks));
  MPI_Gather(&size, 1, MPI_INT, sizes.data(), 1, MPI_INT, 0, MPI_COMM_WORLD);
  std::vector<int> begins(sizes.size(), 0);
  for (std::size_t i = 1; i < sizes.size(); ++i) begins[i] = begins[i - 1] + sizes[i - 1];
  std::string all(rank == 0 ? static_cast<std::size_t>(begins.back() + sizes.back()) : 0, '\0');
  MPI_Gatherv(own.data(), size, MPI_CHAR, all.data(), sizes.data(), begins.data(), MPI_CHAR, 0, MPI_COMM_WORLD);
  std::vector<std::string> texts;
  for (std::size_t i = 0; rank == 0 && i < sizes.size(); ++i) {
    texts.push_back(all.substr(static_cast<std::size_t>(begins[i]), static_cast<std::size_t>(sizes[i])));
  }
  return texts;
}

/// Without the last event where that tells that another rank left: the one that left does not see it.
std::vector<std::string> comparable(std::vector<std::string> events) {
  const std::string abandoned = std::to_string(static_cast<int>(tessera::ErrorCode::abandoned)) + " ";
  if (!events.empty() && events.back().starts_with(abandoned)) events.pop_back();
  return events;
}

bool on_all_ranks(bool here) {
  int value = here ? 1 : 0;
  MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
  return value != 0;
}

/// The program of a seed; where all ranks closed the file, every other time a second job continues it.
fuzz::Outcome run_seed(std::uint64_t seed, const std::string& path, bool collective, int rank, int ranks) {
  const auto as_this_rank = [&](const fuzz::Program& program, std::uint64_t variant) {
    return fuzz::as_rank_runs_it(program, variant, rank, ranks);
  };
  fuzz::Outcome outcome = fuzz::run_program(MPI_COMM_WORLD, path, as_this_rank(fuzz::make_program(seed), seed),
                                            collective ? tessera::Engine::collective : tessera::Engine::direct);
  if (!on_all_ranks(outcome.closed) || seed % 2 == 0) return outcome;
  const std::uint64_t variant = seed + (std::uint64_t{1} << 32);
  const auto program = fuzz::make_continuation(variant, outcome.runs, outcome.meshes, outcome.fields, outcome.times);
  return fuzz::continue_program(MPI_COMM_WORLD, path, as_this_rank(program, variant), std::move(outcome));
}

Json manifest_of(const std::string& file, const fuzz::Outcome& outcome) {
  std::vector<std::pair<std::string, Json>> runs;
  for (const auto& [name, times] : outcome.times) {
    std::vector<Json> values;
    for (const double time : times) values.push_back(Json::number(static_cast<std::int64_t>(time)));
    runs.emplace_back(name, Json::array(values));
  }
  std::vector<Json> fields;
  for (const fuzz::Call& field : outcome.fields) {
    fields.push_back(Json::object({{"name", Json::string(field.name)},
                                   {"run", Json::string("run_" + std::to_string(field.run))},
                                   {"number", Json::number(field.field)},
                                   {"type", Json::number(field.type)},
                                   {"shape", Json::array(field.shape)},
                                   {"components", Json::number(field.components)},
                                   {"version", Json::number(field.version)},
                                   {"is_column", Json::boolean(field.on == fuzz::On::table)},
                                   {"is_refined", Json::boolean(field.on == fuzz::On::refinement)},
                                   {"is_rare", Json::boolean(field.is_rare)},
                                   {"fill", Json::boolean(field.has_fill)},
                                   {"time_dependent", Json::boolean(field.time_dependent)}}));
  }
  const auto lists = [](const std::map<std::string, std::vector<std::int64_t>>& steps_of_runs) {
    std::vector<std::pair<std::string, Json>> result;
    for (const auto& [name, steps] : steps_of_runs) result.emplace_back(name, Json::array(steps));
    return Json::object(result);
  };
  return Json::object({{"file", Json::string(file)},
                       {"runs", Json::object(runs)},
                       {"rare", lists(outcome.rare)},
                       {"refined", lists(outcome.refined)},
                       {"fields", Json::array(fields)}});
}

struct Totals {
  int agreed_errors = 0;
  int all_fine = 0;
  int disagreements = 0;
  double slowest = 0;
  std::map<int, int> errors;  ///< by code
};

/// What rank 0 saw: whether there is something in the programs to disagree about.
void count_errors(const std::string& events, std::map<int, int>& errors) {
  std::istringstream lines(events);
  for (std::string line; std::getline(lines, line);) {
    if (const int code = std::atoi(line.c_str()); code != 0) ++errors[code];
  }
}

void compare(std::uint64_t seed, const std::vector<std::string>& texts, Totals& totals) {
  count_errors(texts.front(), totals.errors);
  const bool same = std::ranges::all_of(texts, [&](const std::string& text) { return text == texts.front(); });
  if (!same) {
    ++totals.disagreements;
    for (std::size_t rank = 0; rank < texts.size(); ++rank) {
      std::printf("seed %llu, rank %zu:\n%s", static_cast<unsigned long long>(seed), rank, texts[rank].c_str());
    }
  } else if (texts.front().find_first_of("123456789") != std::string::npos) {
    ++totals.agreed_errors;
  } else {
    ++totals.all_fine;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 64;
  const std::string directory = argv[1];
  const auto first = static_cast<std::uint64_t>(std::atoll(argv[2]));
  const auto count = static_cast<std::uint64_t>(std::atoll(argv[3]));
  const bool collective = argc > 4 && std::string(argv[4]) == "collective";
  MPI_Init(&argc, &argv);
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  // Writers that are destroyed without close() say so: thousands of lines of it here.
  if (std::freopen("/dev/null", "w", stderr) == nullptr) return 65;
  std::signal(SIGALRM, on_alarm);
  Totals totals;
  std::vector<Json> manifests;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    std::snprintf(late_message.data(), late_message.size(), "fuzz: rank %d is late in the program of seed %llu\n", rank,
                  static_cast<unsigned long long>(seed));
    alarm(seconds_for_one);
    const auto begin = std::chrono::steady_clock::now();
    const std::string file = std::to_string(seed) + ".h5";
    const fuzz::Outcome outcome = run_seed(seed, directory + "/" + file, collective, rank, ranks);
    const auto texts = gather(joined(comparable(outcome.events)), rank, ranks);
    alarm(0);
    if (rank != 0) continue;
    compare(seed, texts, totals);
    totals.slowest =
        std::max(totals.slowest, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    manifests.push_back(manifest_of(file, outcome));
  }
  if (rank == 0) {
    std::ofstream(directory + "/manifest.json") << Json::array(manifests).text();
    std::printf(
        "%llu programs on %d ranks: %d without an error, %d with the same errors on every rank, %d disagreements, "
        "0 hangs; the slowest took %.1f s\n",
        static_cast<unsigned long long>(count), ranks, totals.all_fine, totals.agreed_errors, totals.disagreements,
        totals.slowest);
    for (const auto& [code, times] : totals.errors) {
      std::printf("  %5d x %s\n", times, tessera::to_string(static_cast<tessera::ErrorCode>(code)));
    }
  }
  MPI_Finalize();
  return totals.disagreements == 0 ? 0 : 1;
}
