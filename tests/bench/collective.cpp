/// Measures the collective engine against the same write in plain parallel HDF5, alternately in one run.
///
///   mpiexec -n 2 collective --edge 128 --steps 4 --level 4 --directory /dev/shm
///
/// All cases with one command: tests/bench/run.sh

#include <mpi.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "block.hpp"
#include "result.hpp"
#include "slowest_rank.hpp"
#include "turbulence.hpp"
#include "writers.hpp"

namespace {

using bench::Block;
using bench::Case;
using bench::Result;

/// Different values in neighbouring steps; more arrays would only take memory.
constexpr int arrays = 3;

void add_options(CLI::App& app, Case& what) {
  app.add_option("--edge", what.edge, "points per axis")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--chunk", what.chunk, "edge of a chunk")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--steps", what.steps, "steps per file")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--level", what.level, "deflate level, 0 for none")->capture_default_str()->check(CLI::Range(0, 9));
  app.add_option("--halo", what.halo, "ghost layers in memory")->capture_default_str()->check(CLI::NonNegativeNumber);
  app.add_option("--engine", what.engine, "of Tessera")
      ->capture_default_str()
      ->check(CLI::IsMember({"collective", "direct"}));
  app.add_option("--repetitions", what.repetitions, "measured pairs")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--directory", what.directory, "where to write")->capture_default_str()->check(CLI::ExistingDirectory);
  app.add_option("--json", what.json, "append the result to this file, one line");
  app.add_flag("--check", what.check, "compare the two files");
}

Block own_block(const Case& what, int rank, int ranks) {
  Block block = bench::block_of(what, rank, ranks);
  block.values.resize(static_cast<std::size_t>(std::min(arrays, what.steps)));
  for (std::size_t n = 0; n < block.values.size(); ++n) {
    bench::fill_with_turbulence(block, what.edge, 0.01 * static_cast<double>(n), block.values[n]);
  }
  return block;
}

/// Seconds from before the file is made until it is closed, of the slowest rank.
template <class Write>
double seconds_of(Write&& write, const std::string& path, int rank) {
  if (rank == 0) std::filesystem::remove(path);
  return bench::slowest_rank([&] { write(path); });
}

bool measure(const Case& what, int rank, int ranks) {
  const Block block = own_block(what, rank, ranks);
  const std::string by_hand = what.directory + "/tessera_bench_by_hand.h5";
  const std::string tessera = what.directory + "/tessera_bench_tessera.h5";
  Result result{what, ranks, {}, {}, 0};
  for (int i = 0; i <= what.repetitions; ++i) {
    const double a =
        seconds_of([&](const std::string& path) { bench::write_by_hand(MPI_COMM_WORLD, path, what, block); }, by_hand,
                   rank);
    const double b =
        seconds_of([&](const std::string& path) { bench::write_with_tessera(MPI_COMM_WORLD, path, what, block); },
                   tessera, rank);
    if (i == 0) continue;  // warms up
    result.by_hand.push_back(a);
    result.tessera.push_back(b);
  }
  if (rank != 0) return true;
  result.stored_bytes = static_cast<double>(std::filesystem::file_size(tessera));
  std::printf("%s\n%s\n", bench::table_header().c_str(), bench::table_row(result).c_str());
  if (!what.json.empty()) std::ofstream(what.json, std::ios::app) << bench::json(result) << '\n';
  const bool fine = !what.check || bench::same_content(by_hand, tessera);
  if (!fine) std::fprintf(stderr, "collective: %s and %s differ\n", by_hand.c_str(), tessera.c_str());
  if (fine) {
    std::filesystem::remove(by_hand);
    std::filesystem::remove(tessera);
  }
  return fine;
}

}  // namespace

int main(int argc, char** argv) {
  Case what;
  CLI::App app("Tessera's collective engine against plain parallel HDF5");
  add_options(app, what);
  CLI11_PARSE(app, argc, argv);
  MPI_Init(&argc, &argv);
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  int status = 1;
  try {
    status = measure(what, rank, ranks) ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "collective: rank %d: %s\n", rank, error.what());
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  MPI_Finalize();
  return status;
}
