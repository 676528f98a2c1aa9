/// Measures what a plan costs where ranks have many boxes each:
///
///   mpiexec -n 4 build/tests/bench/plan/plan
///
/// First with imaginary ranks, more than any test machine has, in one process: their work alone. Then with the real
/// ones.

#include <mpi.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "plan/measured.hpp"

namespace {

using bench::Cubes;
using bench::Measured;

void print_imaginary(const std::vector<int>& rank_counts, const std::vector<std::int64_t>& box_counts, bool scattered) {
  std::printf(
      "imaginary ranks; us per own box: mean of the ranks; bytes: of the rank that receives most\n"
      "%8s %8s %10s %10s %14s %8s %12s\n",
      "ranks", "boxes", "survey us", "owners us", "received B/box", "shared", "most chunks");
  constexpr std::int64_t max_boxes = 2'000'000;
  for (const std::int64_t boxes : box_counts) {
    for (const int ranks : rank_counts) {
      if (ranks * boxes > max_boxes) continue;
      const Measured m = bench::with_imaginary_ranks({ranks, boxes, scattered});
      const double per_box = 1e6 / static_cast<double>(boxes);
      std::printf("%8d %8lld %10.3f %10.3f %14.1f %8.3f %12.2f\n", ranks, static_cast<long long>(boxes),
                  m.survey * per_box, m.directory * per_box, m.sent_bytes / static_cast<double>(boxes), m.shared,
                  m.max_chunks);
    }
  }
}

void print_real(int rank, int ranks, const std::vector<std::int64_t>& box_counts, bool scattered, int repetitions) {
  if (rank == 0) {
    std::printf(
        "%d real ranks; us per own box: medians of the slowest rank; bytes per own box: of the rank that\n"
        "has most; \"all boxes\": every rank gets every box and looks for overlaps\n"
        "%8s %10s %10s %12s %8s %10s %10s %16s %8s %13s %12s\n",
        ranks, "boxes", "survey us", "owners us", "messages us", "sum us", "peak B", "plan B", "found again us",
        "shared", "all boxes us", "all boxes B");
  }
  for (const std::int64_t boxes : box_counts) {
    const Measured m = bench::with_real_ranks({ranks, boxes, scattered}, repetitions);
    if (rank != 0) continue;
    const double own = static_cast<double>(boxes);
    const double per_box = 1e6 / own;
    std::printf("%8lld %10.3f %10.3f %12.3f %8.3f %10.0f %10.0f %16.4f %8.3f %13.3f %12.0f\n",
                static_cast<long long>(boxes), m.survey * per_box, m.directory * per_box, m.messages * per_box,
                (m.survey + m.directory + m.messages) * per_box, m.peak_bytes / own, m.plan_bytes / own,
                m.recognized * per_box, m.shared, m.gather * per_box, m.gather_bytes / own);
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("What a plan costs where ranks have many boxes each.");
  std::vector<std::int64_t> boxes{100, 1000, 10000};
  std::vector<int> ranks{16, 64, 256, 1024};
  bool scattered = false;
  int repetitions = 5;
  app.add_option("--boxes", boxes, "of each rank")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--ranks", ranks, "imaginary ones")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--repetitions", repetitions, "with real ranks")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_flag("--scattered", scattered, "a rank's boxes lie anywhere, not together");
  CLI11_PARSE(app, argc, argv);

  MPI_Init(&argc, &argv);
  int rank = 0;
  int size = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  if (rank == 0) print_imaginary(ranks, boxes, scattered);
  MPI_Barrier(MPI_COMM_WORLD);
  print_real(rank, size, boxes, scattered, repetitions);
  MPI_Finalize();
  return 0;
}
