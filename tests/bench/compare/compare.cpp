/// Tessera's direct engine against stock parallel HDF5 and against what no writer can do without. Prints a line of JSON
/// per row; tests/bench/compare.sh runs all of it and makes the table.
///
///   mpiexec -n 2 compare --rows plain floor --field rounded --memory /dev/shm

#include <mpi.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "block.hpp"
#include "fields.hpp"
#include "measure.hpp"

namespace {

using bench::Block;
using bench::Comparison;

/// Different values in neighbouring steps; more arrays would only take memory.
constexpr int arrays = 3;

void add_options(CLI::App& app, Comparison& comparison, std::vector<std::string>& names) {
  bench::Case& what = comparison.what;
  std::vector<std::string> known;
  for (const bench::Row& row : bench::rows) known.emplace_back(row.name);
  app.add_option("--rows", names, "rows to measure, all by default")->check(CLI::IsMember(known))->delimiter(',');
  app.add_option("--field", comparison.field, "what is written")
      ->capture_default_str()
      ->check(CLI::IsMember({"turbulence", "heat", "rounded"}));
  app.add_option("--edge", what.edge, "points per axis")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--chunk", what.chunk, "edge of a chunk")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--steps", what.steps, "steps per file")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--gzip-steps", comparison.gzip_steps, "the same in rows against gzip")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--level", what.level, "of gzip and of Tessera")->capture_default_str()->check(CLI::Range(0, 9));
  app.add_option("--shift", comparison.shift, "of the blocks against the chunks")->capture_default_str();
  app.add_option("--repetitions", what.repetitions, "measured pairs")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--memory", comparison.memory, "a directory in memory")
      ->capture_default_str()
      ->check(CLI::ExistingDirectory);
  app.add_option("--disk", comparison.disk, "a directory on a disk")
      ->capture_default_str()
      ->check(CLI::ExistingDirectory);
  app.add_option("--disk-limit", comparison.disk_limit, "MB/s that the disk is held back to, for the record");
  app.add_flag("--check", what.check, "compare the files");
  app.add_flag("--cut", comparison.cut,
               "the floor cuts its chunks from the block in each step, as every writer has to");
  app.add_flag("--keep", comparison.keep, "leave the files of the row gzip");
}

Block filled_block(const Comparison& comparison, int rank, int ranks, std::int64_t shift) {
  Block block = bench::block_of(comparison.what, rank, ranks, shift);
  block.values.resize(static_cast<std::size_t>(std::min(arrays, comparison.what.steps)));
  for (int n = 0; n < static_cast<int>(block.values.size()); ++n) {
    bench::fill(comparison.field, block, comparison.what.edge, n, block.values[static_cast<std::size_t>(n)]);
  }
  return block;
}

/// First the rows whose blocks follow the chunks, then the others: each kind of blocks is made once.
void measure(const Comparison& comparison, const std::vector<std::string>& names, int rank, int ranks) {
  for (const bool shifted : {false, true}) {
    Block block;
    for (const bench::Row& row : bench::rows) {
      const bool wanted = names.empty() || std::ranges::find(names, row.name) != names.end();
      if (!wanted || row.shifted != shifted) continue;
      if (block.values.empty()) block = filled_block(comparison, rank, ranks, shifted ? comparison.shift : 0);
      const std::string line = bench::measure(row, comparison, block);
      if (rank == 0) std::printf("%s\n", line.c_str()), std::fflush(stdout);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  Comparison comparison;
  comparison.what.edge = 256;
  comparison.what.steps = 8;
  comparison.what.repetitions = 5;
  comparison.what.engine = "direct";
  std::vector<std::string> names;
  CLI::App app("Tessera's direct engine against parallel HDF5 and against its floor");
  add_options(app, comparison, names);
  CLI11_PARSE(app, argc, argv);
  MPI_Init(&argc, &argv);
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  try {
    measure(comparison, names, rank, ranks);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "compare: rank %d: %s\n", rank, error.what());
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  MPI_Finalize();
}
