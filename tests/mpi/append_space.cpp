#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <random>

#include "support/outside.hpp"
#include "support/test_file.hpp"

/// \file
/// Jobs that each drop what the one before wrote last, and write it again: the file does not grow by it. The number of
/// jobs: TESSERA_TEST_JOBS.

using namespace tessera_test;
using tessera::Grid;
using tessera::Index;

namespace {

const Index shape{24, 96, 80};

/// Values that hardly compress, so that the size of a step is known.
std::vector<double> noise(std::int64_t step, const tessera::Box& box) {
  std::vector<double> values;
  for (std::int64_t z = box.lower[0]; z < box.upper[0]; ++z) {
    std::mt19937_64 random(static_cast<std::uint64_t>(1000 * step + z));
    for (std::int64_t i = 0; i < shape[1] * shape[2]; ++i) values.push_back(static_cast<double>(random() % (1u << 30)));
  }
  return values;
}

tessera::Box slab(int rank, int ranks) {
  const std::int64_t begin = shape[0] * rank / ranks;
  return {{begin, 0, 0}, {shape[0] * (rank + 1) / ranks, shape[1], shape[2]}};
}

/// One job: goes on after `from` steps of those that are there, up to `to`.
void job(const std::string& path, std::int64_t from, std::int64_t to, bool closes) {
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const auto mode = from == 0 ? tessera::OpenMode::create : tessera::OpenMode::append;
  tessera::Writer out(MPI_COMM_WORLD, path, {.overwrite = from == 0, .open = mode, .reader_grace_ms = 0});
  // The second run is linked to at first, and continued when the first one's steps are there.
  for (const char* name : {"a", "b"}) {
    auto run = out.run(name);
    const auto field = run.field<double>("f", Grid{shape}, {.chunk = {12, 96, 80}});
    if (from > 0) run.keep(from);
    for (std::int64_t n = from; n < to; ++n) {
      const tessera::Box box = slab(rank, ranks);
      const auto values = noise(n, box);
      auto step = run.step(static_cast<double>(n));
      step.put(field, box, values.data());
      step.commit();
    }
  }
  if (closes) out.close();
}

/// Every value of the steps, by stock h5py; the number of the steps that differ, on every rank.
std::string differing_steps(const std::string& path, std::int64_t steps) {
  const std::string other = path + ".whole";
  job(other, 0, steps, true);
  return python(
      "a, b = (h5py.File(sys.argv[1] + end, 'r') for end in ('', '.whole')); "
      "print(sum(not np.array_equal(x, y) for run in 'ab' for x, y in zip(a[run + '/f'], b[run + '/f'])), "
      "all(np.array_equal(a[run + '/time'][:], np.arange(len(b[run + '/f']))) for run in 'ab'))",
      path);
}

/// What close() says, against what h5py sees of the chunks.
/// A chunk of a byte lies between those of two fields, which are dropped: what alignment leaves is as large.
TEST(AppendSpace, NeverTakesAChunkThatIsSmallerThanTheAlignment) {
  const std::string path = "tiny_chunk.h5";
  const Grid line{{301}};
  const tessera::Box all{{0}, {301}};
  const tessera::Box one{{0}, {1}};
  const std::int8_t flag = 42;
  std::mt19937 random(1);
  for (int round = 0; round < 8; ++round) {
    for (int number = 0; number < 3; ++number) {
      const auto mode = number == 0 ? tessera::OpenMode::create : tessera::OpenMode::append;
      tessera::Writer out(MPI_COMM_WORLD, path, {.overwrite = number == 0, .open = mode, .reader_grace_ms = 0});
      auto run = out.run("s");
      const auto a = run.field<double>("a", line);
      const auto tiny = run.field<std::int8_t>("tiny", {{1}, {.axes = {"one"}}},
                                               {.time_dependent = false, .codec = tessera::Codec::none()});
      const auto b = run.field<double>("b", line);
      if (number == 1) run.keep(0);
      for (int n = 0; n < (number == 0 ? 1 : 3); ++n) {
        std::vector<double> values(2 * 301);
        for (double& value : values) value = static_cast<double>(random() % 1000);
        auto step = run.step(static_cast<double>(run.steps()));
        if (world_rank() == 0) {
          step.put(a, all, values.data());
          if (number == 0) step.put(tiny, one, &flag);
          step.put(b, all, values.data() + 301);
        }
        step.commit();
      }
      out.close();
    }
    EXPECT_EQ(python("print(h5py.File(sys.argv[1], 'r')['s/tiny'][0])", path), "42") << "round " << round;
  }
}

TEST(AppendSpace, ThatIsUnusedIsTold) {
  const std::string path = "unused_space.h5";
  job(path, 0, 6, true);
  testing::internal::CaptureStderr();
  tessera::Writer out(MPI_COMM_WORLD, path, {.open = tessera::OpenMode::append, .reader_grace_ms = 0});
  const std::uint64_t before = out.unused_bytes();  // of the ranks' space in the job before
  auto run = out.run("a");
  const auto field = run.field<double>("f", Grid{shape});
  run.keep(2);
  const tessera::Box box = slab(world_rank(), world_size());
  const auto values = noise(2, box);
  auto step = run.step(2);
  step.put(field, box, values.data());
  step.commit();  // drops 4 steps; their space is free when they are gone
  const std::uint64_t dropped = out.unused_bytes();
  auto next = run.step(3);
  next.put(field, box, values.data());
  next.commit();
  const std::uint64_t unused = out.unused_bytes();
  out.close();
  const std::string told = testing::internal::GetCapturedStderr();
  EXPECT_GE(out.unused_bytes(), unused) << "and what is left of space that ranks had ahead of time";
  const auto size = std::stoull(python("print(os.path.getsize(sys.argv[1]))", path));
  const auto chunks = std::stoull(
      python("f = h5py.File(sys.argv[1], 'r'); print(sum(f[r + '/f'].id.get_storage_size() for r in 'ab'))", path));
  if (world_rank() != 0) {
    EXPECT_EQ(unused, 0u);
    return;
  }
  const auto step_bytes = static_cast<double>(chunks) / 10;  // 4 of run a, 6 of run b
  EXPECT_LT(static_cast<double>(before), 0.5 * step_bytes);
  EXPECT_NEAR(static_cast<double>(dropped - before), 4 * step_bytes, 0.05 * step_bytes);
  EXPECT_NEAR(static_cast<double>(unused - before), 3 * step_bytes, 0.05 * step_bytes);
  EXPECT_LE(unused + chunks, size);
  EXPECT_NE(told.find("are unused; later steps will use them"), std::string::npos) << told;
}

TEST(AppendSpace, OfDroppedStepsIsUsedAgain) {
  const char* wanted = std::getenv("TESSERA_TEST_JOBS");
  const std::int64_t jobs = wanted != nullptr ? std::atoll(wanted) : 12;
  const std::string path = "append_space.h5";
  constexpr std::int64_t dropped = 2;
  constexpr std::int64_t new_steps = 1;
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  testing::internal::CaptureStderr();  // what was dropped, and writers that are not closed
  std::int64_t steps = 6;
  job(path, 0, steps, true);
  for (std::int64_t n = 0; n < jobs; ++n) {
    job(path, steps - dropped, steps + new_steps, n % 3 != 0 || n + 1 == jobs);
    steps += new_steps;
  }
  testing::internal::GetCapturedStderr();
  MPI_Barrier(MPI_COMM_WORLD);
  EXPECT_EQ(differing_steps(path, steps), "0 True");
  if (rank != 0) return;
  const auto size = static_cast<double>(std::filesystem::file_size(path));
  const auto whole = static_cast<double>(std::filesystem::file_size(path + ".whole"));
  // Without it each job adds the two steps that it repeats.
  EXPECT_LT(size, 1.2 * whole) << jobs << " jobs";
}

}  // namespace
