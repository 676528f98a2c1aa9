#include <gtest/gtest.h>

#include <cstdlib>

#include "support/blocks.hpp"
#include "support/box_values.hpp"
#include "support/first_ranks.hpp"
#include "support/outside.hpp"

/// \file
/// Jobs on other numbers of ranks that continue one file make the file of a single job: by h5diff.

using namespace tessera_test;
using tessera::Grid;
using tessera::Index;

namespace {

const Index shape{13, 9, 6};

/// One job on so many ranks: goes on after `kept` steps, up to `end`.
void job(const std::string& path, int ranks, int kept, int end) {
  const FirstRanks group(ranks);
  if (group.has_this_rank()) {
    const auto mode = kept == 0 ? tessera::OpenMode::create : tessera::OpenMode::append;
    tessera::Writer out(group.comm(), path, {.overwrite = kept == 0, .open = mode});
    auto run = out.run("a", {{"viscosity", 0.25}, {"name", "x"}});
    const Grid grid{shape, {.spacing = {0.5, 1, 2}, .unit = "m"}};
    const auto pressure = run.field<double>("pressure", grid, {.unit = "Pa", .chunk = {4, 4, 4}});
    const auto velocity = run.field<float>("velocity", grid, {.components = 3, .chunk = {5, 9, 6}});
    const auto mask = run.field<std::int32_t>("mask", grid, {.time_dependent = false, .chunk = {13, 9, 3}});
    if (kept > 0) run.keep(kept);
    const std::int64_t first = shape[0] * world_rank() / ranks;
    const tessera::Box own{{first, 0, 0}, {shape[0] * (world_rank() + 1) / ranks, shape[1], shape[2]}};
    for (int n = kept; n < end; ++n) {
      const auto of_pressure = values_of<double>(1, n, own);
      const auto of_velocity = values_of<float>(2, n, own, 3);
      const auto of_mask = values_of<std::int32_t>(3, 0, own);
      auto step = run.step(0.1 * n);
      step.put(pressure, own, of_pressure);
      step.put(velocity, own, of_velocity);
      if (n == 0) step.put(mask, own, of_mask);
      step.scalar("energy", 1.0 / (n + 1));
      step.commit();
    }
    out.close();
  }
  MPI_Barrier(MPI_COMM_WORLD);
}

/// What h5diff says of all but the history, whose lines tell of the jobs; on every rank. 0: nothing differs.
std::string difference(const std::string& path) {
  return python(
      "import subprocess; p = subprocess.run(['h5diff', '-v2', sys.argv[1] + '.parts', sys.argv[1] + '.whole', '/a'], "
      "capture_output=True, text=True); print(p.returncode, p.stdout[-400:] if p.returncode else '')",
      path);
}

TEST(AppendRanks, ThreeJobsMakeTheFileOfOne) {
  int size = 0;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  const std::string path = fresh_directory() + "/jobs";
  job(path + ".whole", size, 0, 9);
  job(path + ".parts", size, 0, 4);
  job(path + ".parts", std::max(1, size - 1), 4, 6);
  job(path + ".parts", (size + 1) / 2, 6, 9);
  EXPECT_EQ(difference(path), "0 ");
}

TEST(AppendRanks, AlsoWhereTheyRepeatSteps) {
  int size = 0;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  const std::string path = fresh_directory() + "/jobs";
  job(path + ".whole", 1, 0, 7);
  job(path + ".parts", std::max(1, size - 1), 0, 5);
  testing::internal::CaptureStderr();  // what was dropped
  job(path + ".parts", size, 3, 6);
  job(path + ".parts", 1, 4, 7);
  testing::internal::GetCapturedStderr();
  EXPECT_EQ(difference(path), "0 ");
}

}  // namespace
