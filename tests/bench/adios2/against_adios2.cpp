/// \file
/// Tessera against ADIOS2's BP5: by turns, in one process, each writes the same steps of a turbulent field into a new
/// file, computing between them. Prints how many times longer ADIOS2 blocks the simulation (opening, steps, closing,
/// and waiting in them; of the slowest rank), and how much longer all takes until the file is closed: median, and of
/// the fastest pair; the sizes of both files; and whether both hold the same values. Ends with 1 where they do not.
///
///     mpi_launch.sh RANKS against_adios2 [--edge N] [--chunk N] [--steps N] [--level N] [--blosc-level N]
///     [--repetitions N] [--length TIMES] [--busy PART] [--wait] [--aggregation TYPE] [--directory DIR]
///
/// --length: of computing between two steps, times that of Tessera's commit; 0: steps follow each other. --busy: the
/// part of a millisecond in which computing uses its core. --wait: both without their asynchronous way.

#include <mpi.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "adios2/output.hpp"
#include "computing.hpp"
#include "median.hpp"
#include "run_main.hpp"
#include "slowest_rank.hpp"
#include "turbulence.hpp"

namespace {

struct Setting {
  std::int64_t edge = 128;
  std::int64_t chunk = 64;
  int steps = 8;
  int level = 4;
  int blosc_level = 1;
  int repetitions = 9;
  double length = 1;
  double busy = 0.5;
  bool waits = false;
  std::string aggregation = "TwoLevelShm";
  std::string directory = "/dev/shm";
};

struct Seconds {
  std::vector<double> blocked, total;
};

/// One of the two.
struct Side {
  const char* name;
  std::string path;
  bench::Study study;
  std::function<std::unique_ptr<bench::Output>(const std::string&, const bench::Study&)> open;
  std::function<bool(const std::string&, const bench::Study&)> holds;
  Seconds seconds = {};
  std::uintmax_t bytes = 0;  ///< on rank 0, of the last file
};

/// Of a file, or of all in a directory.
std::uintmax_t bytes_of(const std::string& path) {
  if (!std::filesystem::is_directory(path)) return std::filesystem::file_size(path);
  std::uintmax_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  return bytes;
}

double most_of_ranks(double value) {
  MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  return value;
}

/// Writes all steps. \param length of computing after each
void write(Side& side, const std::function<void()>& compute) {
  double blocked = 0;
  const auto block = [&](const auto& call) {
    const double begin = MPI_Wtime();
    call();
    blocked += MPI_Wtime() - begin;
  };
  const double total = bench::slowest_rank([&] {
    std::unique_ptr<bench::Output> out;
    block([&] { out = side.open(side.path, side.study); });
    for (int n = 0; n < side.study.steps; ++n) {
      block([&] { out->write(n, side.study.of_step(n).data()); });
      out->begin_computing();
      compute();
      out->end_computing();
    }
    block([&] { out->close(); });
  });
  side.seconds.blocked.push_back(most_of_ranks(blocked));
  side.seconds.total.push_back(total);
}

void remove(const Side& side, int rank) {
  MPI_Barrier(MPI_COMM_WORLD);
  if (rank == 0) std::filesystem::remove_all(side.path);
  MPI_Barrier(MPI_COMM_WORLD);
}

/// Seconds of a commit of Tessera's that waits, without anything beside it.
double commit_seconds(Side side, int rank) {
  side.study.is_async = false;
  for (int n = 0; n < 3; ++n) {
    write(side, [] {});
    remove(side, rank);
  }
  return bench::median(side.seconds.total) / side.study.steps;
}

void print(const char* what, const std::vector<double>& tessera, const std::vector<double>& other) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < tessera.size(); ++i) ratios.push_back(other[i] / tessera[i]);
  std::printf(
      "  %-8s Tessera %8.1f ms, BP5 %8.1f ms; BP5 over Tessera: median %.2f, fastest of each %.2f, %.2f to %.2f\n",
      what, 1e3 * bench::median(tessera), 1e3 * bench::median(other), bench::median(ratios),
      *std::ranges::min_element(other) / *std::ranges::min_element(tessera), *std::ranges::min_element(ratios),
      *std::ranges::max_element(ratios));
}

bench::Study study_of(const Setting& setting, int rank, int ranks) {
  bench::Study study{.edge = setting.edge, .chunk = setting.chunk, .steps = setting.steps};
  study.is_async = !setting.waits;
  study.aggregation = setting.aggregation;
  bench::Case what;
  what.edge = setting.edge;
  study.block = bench::block_of(what, rank, ranks);
  study.block.values.resize(2);
  for (std::size_t n = 0; n < 2; ++n) {
    bench::fill_with_turbulence(study.block, setting.edge, 0.1 * static_cast<double>(n), study.block.values[n]);
  }
  return study;
}

bool measure(const Setting& setting) {
  int rank = 0, ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const bench::Study study = study_of(setting, rank, ranks);
  std::array<Side, 2> sides{Side{"Tessera", setting.directory + "/against.h5", study, bench::open_tessera,
                                 bench::tessera_holds},
                            Side{"BP5", setting.directory + "/against.bp", study, bench::open_bp5, bench::bp5_holds}};
  sides[0].study.level = setting.level;
  sides[1].study.level = setting.blosc_level;
  const bench::Work work;
  const double length = setting.length > 0 ? setting.length * commit_seconds(sides[0], rank) : 0;
  bool is_same = true;
  for (int n = 0; n < setting.repetitions; ++n) {
    for (int turn = 0; turn < 2; ++turn) {
      Side& side = sides[static_cast<std::size_t>((turn + n) % 2)];  // neither is always the first
      write(side, [&] { work(length, setting.busy); });
      if (n == 0) is_same = side.holds(side.path, side.study) && is_same;
      if (rank == 0) side.bytes = bytes_of(side.path);
      remove(side, rank);
    }
  }
  if (rank != 0) return is_same;
  const double raw = 8.0 * static_cast<double>(setting.edge * setting.edge * setting.edge) * setting.steps;
  std::printf(
      "%d ranks, %d steps of %lld^3 float64, %.1f ms of computing after each, busy %.2f%s; BP5 %s, %s level %d; "
      "Tessera deflate %d\n",
      ranks, setting.steps, static_cast<long long>(setting.edge), 1e3 * length, setting.busy,
      setting.waits ? ", both wait" : ", asynchronous", setting.aggregation.c_str(), bench::bp5_compressor(),
      setting.blosc_level, setting.level);
  print("blocked", sides[0].seconds.blocked, sides[1].seconds.blocked);
  print("total", sides[0].seconds.total, sides[1].seconds.total);
  std::printf("  bytes    Tessera %.3f, BP5 %.3f of the values'; values %s\n",
              static_cast<double>(sides[0].bytes) / raw, static_cast<double>(sides[1].bytes) / raw,
              is_same ? "the same in both" : "DIFFER");
  return is_same;
}

}  // namespace

int main(int argc, char** argv) {
  Setting setting;
  bool is_same = true;
  const auto options = [&](CLI::App& app) {
    bench::add_common_options(app, setting);
    app.add_option("--chunk", setting.chunk, "edge of Tessera's chunks");
    app.add_option("--blosc-level", setting.blosc_level, "of compression in BP5; 0: none");
    app.add_option("--repetitions", setting.repetitions, "pairs of files")->check(CLI::PositiveNumber);
    app.add_option("--length", setting.length, "of computing after each step, times that of a commit");
    app.add_option("--busy", setting.busy, "part of the time in which computing uses its core")
        ->check(CLI::Range(0.05, 1.0));
    app.add_flag("--wait", setting.waits, "neither writes behind the simulation");
    app.add_option("--aggregation", setting.aggregation, "AggregationType of BP5");
  };
  const int code =
      bench::run_main(argc, argv, "Tessera against ADIOS2's BP5", options, [&] { is_same = measure(setting); });
  return is_same ? code : 1;
}
