#include <gtest/gtest.h>

#include <limits>

#include "support/outside.hpp"
#include "support/test_file.hpp"

using namespace tessera_test;
using tessera::ErrorCode;
using tessera::Grid;
using tessera::Index;

namespace {

const Index shape{9, 7, 5};
const Grid grid{shape, {.spacing = {0.5, 1, 2}, .origin = {3, 0, -1}, .unit = "m"}};
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// A run and its fields, as each job declares them.
struct Simulation {
  Simulation(TestFile& file, TestRun its_run)
      : run(std::move(its_run)), blocks(bricks(shape, file.size())), mask_blocks(slabs({8, 6, 4}, file.size())),
        pressure(run.field<double>("pressure", grid, {.unit = "Pa", .long_name = "static pressure"})),
        velocity(run.field<std::int32_t>("velocity", grid, {.components = 3})),
        probe(run.field<double>("probe", grid, {.fill = nan, .precision = tessera::Precision::single})),
        mask(run.field<std::uint8_t>("mask", grid, {.location = tessera::Location::cell, .time_dependent = false})) {}

  /// Steps of these numbers, at times of a tenth of them.
  void write(int from, int to) {
    for (int n = from; n < to; ++n) {
      auto step = run.step(0.1 * n);
      step.put(pressure, blocks);
      step.put(velocity, blocks, {.halo = {{1}, {1}}});
      if (n % 3 == 2) step.put(probe, blocks);
      if (n == 0) step.put(mask, mask_blocks);
      step.scalar("energy", 10.0 + n);
      step.commit();
    }
  }

  TestRun run;
  Blocks blocks;
  Blocks mask_blocks;
  TestField<double> pressure;
  TestField<std::int32_t> velocity;
  TestField<double> probe;
  TestField<std::uint8_t> mask;
};

TestRun new_run(TestFile& file, const std::string& name) {
  return file.run(name, {{"viscosity", 0.25}, {"resolution", 100}, {"on", true}, {"list", std::vector<double>{1, 2}}},
                  {.time_unit = "hours since 2026-01-01"});
}

void end_without_close(TestFile& file) {
  testing::internal::CaptureStderr();  // the warning
  file.drop_writer();
  testing::internal::GetCapturedStderr();
}

/// How many steps stock h5py finds in the run /a; on every rank.
std::string steps_in(const std::string& path) {
  return python("print(h5py.File(sys.argv[1], 'r')['a/time'].shape[0])", path);
}

/// Does the call, and says what rank 0 printed to stderr.
template <class Call>
std::string printed(Call&& call) {
  testing::internal::CaptureStderr();
  call();
  return testing::internal::GetCapturedStderr();
}

class Append : public testing::TestWithParam<bool> {
 protected:
  void end(TestFile& file) {
    if (GetParam()) {
      file.raw().close();
    } else {
      end_without_close(file);
    }
  }
};
INSTANTIATE_TEST_SUITE_P(ClosedOrNot, Append, testing::Bool());

TEST_P(Append, FurtherStepsRunsFieldsAndParameters) {
  TestFile file({.attributes = {{"title", "a study"}}});
  Simulation(file, new_run(file, "a")).write(0, 4);
  Simulation(file, new_run(file, "b")).write(0, 3);
  end(file);
  file.reopen({.attributes = {{"title", "a study"}}});
  {
    Simulation a(file, file.resume("a"));
    EXPECT_EQ(a.run.raw().steps(), 4);
    EXPECT_EQ(a.run.raw().last_time(), 0.1 * 3);
    a.run.attribute("restarts", 1);
    a.write(4, 7);
    const auto late = a.run.field<float>("late", grid, {.fill = -1.0f});
    auto step = a.run.step(0.7);
    step.put(a.pressure, a.blocks);
    step.put(a.velocity, a.blocks);
    step.put(late, a.blocks);
    step.scalar("late scalar", 0.5);
    step.commit();
  }
  end(file);
  file.reopen();
  Simulation a(file, file.resume("a"));
  Simulation c(file, new_run(file, "c"));
  c.write(0, 3);
  a.write(8, 10);
  c.write(3, 4);
  file.close();
}

TEST_P(Append, TheRootGroup) {
  TestFile file;
  Simulation(file, file.root({{"label", "x"}})).write(0, 3);
  end(file);
  file.reopen();
  Simulation root(file, file.resume("/"));
  EXPECT_EQ(root.run.raw().steps(), 3);
  root.write(3, 5);
  file.close();
}

TEST_P(Append, StepsAfterThePointOfRestartGoWithTheNextCommit) {
  TestFile file;
  Simulation(file, new_run(file, "a")).write(0, 7);
  Simulation(file, new_run(file, "b")).write(0, 3);
  end(file);
  file.reopen();
  Simulation a(file, file.resume("a"));
  const std::string said = printed([&] { a.run.keep_until(0.1 * 4); });
  EXPECT_EQ(said.empty(), file.rank() != 0) << said;
  if (file.rank() == 0) {
    EXPECT_NE(said.find("steps 5 to 6 of run 'a'"), std::string::npos) << said;
  }
  EXPECT_EQ(a.run.raw().steps(), 5);
  EXPECT_EQ(a.run.raw().last_time(), 0.1 * 4);
  if (has_python()) {
    EXPECT_EQ(steps_in(file.path()), "7") << "gone too early";
  }
  a.write(5, 6);
  if (has_python()) {
    EXPECT_EQ(steps_in(file.path()), "6");
    const std::string history = python("print(h5py.File(sys.argv[1], 'r').attrs['history'])", file.path());
    EXPECT_NE(history.find("dropped steps 5 to 6 of run 'a', at times 0.5 to 0.6"), std::string::npos) << history;
  }
  a.write(6, 9);
  end(file);
  for (const int kept : {3, 0}) {
    file.reopen();
    Simulation again(file, file.resume("a"));
    printed([&] { again.run.keep(kept); });
    again.write(kept == 0 ? 1 : kept, 8);  // from 0 the static field would be put again
    end(file);
  }
  file.reopen();
  file.close();
}

TEST(AppendOrNot, WhatIsToGoStaysWhereNoStepIsCommitted) {
  TestFile file;
  Simulation(file, new_run(file, "a")).write(0, 5);
  file.raw().close();
  file.reopen();
  {
    Simulation a(file, file.resume("a"));
    printed([&] { a.run.raw().keep(2); });
    a.run.raw().field<double>("never put", grid, {.fill = 0.0});
  }
  file.close();
  if (has_python()) {
    EXPECT_EQ(steps_in(file.path()), "5");
  }
}

TEST(AppendOrNot, CreatesAFileWhereThereIsNone) {
  TestFile file;
  end_without_close(file);
  on_first_rank([&] { std::remove(file.path().c_str()); });
  expect_error({ErrorCode::not_found, {"no file", file.path(), "append_or_create"}}, [&] { file.reopen(); });
  file.reopen({.open = tessera::OpenMode::append_or_create});
  Simulation(file, new_run(file, "a")).write(0, 2);
  file.raw().close();
  file.reopen({.open = tessera::OpenMode::append_or_create});
  Simulation(file, file.resume("a")).write(2, 3);
  file.close();
}

/// Grows and shrinks from job to job.
TEST(AppendOrNot, OnAnotherNumberOfRanks) {
  TestFile file;
  Simulation(file, new_run(file, "a")).write(0, 3);
  file.raw().close();
  int at = 3;
  for (int ranks = world_size(); ranks >= 1; --ranks, ++at) {
    MPI_Comm some = MPI_COMM_NULL;
    MPI_Comm_split(MPI_COMM_WORLD, world_rank() < ranks ? 0 : MPI_UNDEFINED, world_rank(), &some);
    file.drop_writer();
    if (some != MPI_COMM_NULL) {
      file.reopen({}, some);
      Simulation(file, file.resume("a")).write(at, at + 1);
      if (ranks > 1) file.raw().close();
      else file.close();
      MPI_Comm_free(&some);
    }
    MPI_Barrier(MPI_COMM_WORLD);
  }
}

/// As many as are shared, and more than one job has.
TEST(AppendOrNot, ManyRunsOfWhichSomeGoOn) {
  TestFile file;
  const Grid small{{4, 3}};
  const Blocks blocks = bricks(small.shape, file.size());
  const auto step = [&](TestRun& run, double time) {
    const auto field = run.field<double>("f", small);
    auto one = run.step(time);
    one.put(field, blocks);
    one.commit();
  };
  for (int job = 0; job < 4; ++job) {
    if (job > 0) file.reopen();
    for (int n = 0; n < 40; ++n) {
      auto run = file.run("job " + std::to_string(job) + " run " + std::to_string(n), {{"n", n}});
      step(run, 0);
    }
    for (int before = 0; before < job; ++before) {
      for (const int n : {0, 17, 39}) {
        auto run = file.resume("job " + std::to_string(before) + " run " + std::to_string(n));
        step(run, job);
      }
    }
    if (job < 3) end_without_close(file);
  }
  file.close();
}

}  // namespace
