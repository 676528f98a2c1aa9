#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <tessera/tessera.hpp>

/// \file
/// What a commit takes beside the caller's arrays, by the operating system's count: no more than
/// Options::memory_budget.

namespace {

constexpr std::int64_t mebibyte = std::int64_t{1} << 20;

/// A line of /proc/self/status, in bytes: VmRSS is memory in use, VmHWM the most there was.
std::int64_t memory(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name + ":")) return std::stoll(line.substr(name.size() + 1)) * 1024;
  }
  return -1;
}

/// Sets VmHWM to VmRSS (proc(5), clear_refs).
bool reset_peak() { return static_cast<bool>(std::ofstream("/proc/self/clear_refs") << 5 << std::flush); }

/// Shared by all planes of a block, so that the array itself takes little: noise, which does not compress.
std::vector<double> noisy_plane(std::size_t cells) {
  std::mt19937_64 engine(1);
  std::vector<double> plane(cells);
  for (double& value : plane) value = std::uniform_real_distribution<double>(1, 2)(engine);
  return plane;
}

/// Bytes that one rank's memory grows by at most while it commits steps of 256 MiB, blocks across the chunks.
std::int64_t growth(std::size_t budget, std::size_t threads) {
  const tessera::Index shape{256, 256, 512};
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const std::vector<double> plane = noisy_plane(256 * 512);
  const std::int64_t lower = (256 * rank / ranks) + (rank == 0 ? 0 : 5);
  const std::int64_t upper = rank + 1 == ranks ? 256 : 256 * (rank + 1) / ranks + 5;
  tessera::Writer out(
      MPI_COMM_WORLD, "memory_budget.h5",
      {.overwrite = true, .engine = tessera::Engine::direct, .memory_budget = budget, .threads = threads});
  auto run = out.run("run");
  const auto field = run.field<double>("field", tessera::Grid{shape}, {.chunk = {32, 64, 64}});
  EXPECT_TRUE(reset_peak());
  const std::int64_t before = memory("VmRSS");
  for (int n = 0; n < 2; ++n) {
    auto step = run.step(n);
    step.put(field, tessera::Box::at({lower, 0, 0}, {upper - lower, 256, 512}),
             tessera::array(plane.data(), {upper - lower, 256, 512}, {0, 512, 1}));
    step.commit();
  }
  const std::int64_t after = memory("VmHWM");
  out.close();
  return after - before;
}

/// What is not counted: HDF5's metadata on rank 0, MPI's buffers for messages.
constexpr std::int64_t others = 16 * mebibyte;

TEST(MemoryBudget, IsKept) { EXPECT_LE(growth(24 * mebibyte, 1), 24 * mebibyte + others); }

TEST(MemoryBudget, IsKeptWithThreads) { EXPECT_LE(growth(64 * mebibyte, 4), 64 * mebibyte + others); }

TEST(MemoryBudget, IsSixtyFourMebibytesByDefaultForSmallBlocks) { EXPECT_LE(growth(0, 1), 64 * mebibyte + others); }

}  // namespace
