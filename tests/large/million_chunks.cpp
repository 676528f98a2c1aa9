/// \file
/// A million chunks in a file, 10,000 in ten steps: prints how long a commit takes and how much memory rank 0 uses as
/// the file grows. Near the end somebody opens the file, so that trees are copied that have all these chunks.
/// check_million.py looks at the file.
///
///     million_chunks FILE
///
/// Exit code 1: the memory grew with the file.

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <vector>

#include <tessera/tessera.hpp>

namespace {

constexpr std::int64_t steps = 1000;
constexpr std::int64_t chunks = 1000;  // per step
constexpr std::int64_t edge = 2;       // of a chunk
constexpr std::int64_t opened_at = 950;

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

long resident_mib() {
  long pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;
  return pages * ::sysconf(_SC_PAGESIZE) / (1 << 20);
}

/// What check_million.py expects of a cell.
double value(std::int64_t step, std::int64_t cell) { return static_cast<double>(step * 1000 + cell * 7 % 1001) + 0.5; }

/// \return whether the memory stays
bool run(const std::string& path, int rank, int ranks) {
  tessera::Writer writer(MPI_COMM_WORLD, path, {.overwrite = true});
  auto simulation = writer.run("run");
  const auto field = simulation.field<double>("field", {{chunks * edge, edge, edge}}, {.chunk = {edge, edge, edge}});
  const std::int64_t first = chunks * rank / ranks * edge;
  const std::int64_t last = chunks * (rank + 1) / ranks * edge;
  const tessera::Box box{{first, 0, 0}, {last, edge, edge}};
  std::vector<double> values(static_cast<std::size_t>(box.volume()));
  std::vector<double> milliseconds;
  long resident_before = 0;
  bool fine = true;
  std::ifstream reader;
  for (std::int64_t n = 0; n < steps; ++n) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = value(n, first * edge * edge + static_cast<std::int64_t>(i));
    }
    if (n == opened_at && rank == 0) reader.open(path);
    auto step = simulation.step(static_cast<double>(n));
    step.put(field, box, values.data());
    MPI_Barrier(MPI_COMM_WORLD);
    const double begin = MPI_Wtime();
    step.commit();
    milliseconds.push_back((MPI_Wtime() - begin) * 1e3);
    if (n == 200) resident_before = resident_mib();
    if (n + 1 == opened_at) fine = resident_mib() < resident_before + 32;
    if (rank == 0 && n % 100 == 99) {
      const std::vector<double> block(milliseconds.end() - 100, milliseconds.end());
      std::printf("%7lld chunks: %.3f ms for a commit of %lld (median), at most %.1f; resident %ld MiB%s\n",
                  static_cast<long long>((n + 1) * chunks), median(block), static_cast<long long>(chunks),
                  *std::ranges::max_element(block), resident_mib(), n > opened_at ? "; somebody opened the file" : "");
    }
  }
  writer.close();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  if (rank == 0) std::printf("peak RSS of rank 0: %ld MiB\n", usage.ru_maxrss / 1024);
  return fine || rank != 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  MPI_Init(&argc, &argv);
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  int result = 1;
  try {
    result = run(argv[1], rank, ranks) ? 0 : 1;
    if (result != 0) std::fprintf(stderr, "rank %d: the memory grew with the file\n", rank);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "rank %d: %s\n", rank, error.what());
  }
  MPI_Finalize();
  return result;
}
