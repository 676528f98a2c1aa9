#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <thread>

#include "base/affinity.hpp"
#include "support/failing_files.hpp"
#include "support/flight.hpp"
#include "support/last_step.hpp"
#include "support/mpi_threads.hpp"
#include "support/scene.hpp"

/// \file
/// Commits that do not wait: what of the caller's memory, of the file and of the calls changes when. That their values
/// are right in all the situations of other tests is shown by those, run once more with
/// TESSERA_TEST_STEPS_IN_FLIGHT (tests/mpi/CMakeLists.txt).

using namespace tessera_test;
using tessera::ErrorCode;
using tessera::PublishBy;

namespace {

TEST(Async, StepAfterStep) {
  for (const std::size_t most : {1, 2, 5}) {
    Flight flight({.steps_in_flight = most}, "_" + std::to_string(most));
    for (int n = 0; n < 9; ++n) {
      flight.commit_async();
      EXPECT_LE(flight.writer().in_flight(), most);
      EXPECT_GE(flight.writer().in_flight(), 1u);
    }
    EXPECT_EQ(flight.run().raw().steps(), 9) << "steps in flight count";
    flight.close();
  }
}

TEST(Async, MemoryMayChangeAtOnce) {
  TestFile file;
  auto run = file.run("run");
  const tessera::Index shape{40, 30, 20};
  const auto field = run.field<double>("field", tessera::Grid{shape}, {.chunk = {16, 30, 20}});
  const Blocks blocks = slabs(shape, file.size());
  std::vector<double> memory;
  for (int n = 0; n < 6; ++n) {
    auto step = run.step(n);
    for (const tessera::Box& box : blocks[static_cast<std::size_t>(file.rank())]) {
      const auto filled = filled_array<double>(box, {}, 1, field.expected->seed, n);
      memory.assign(filled.data(), filled.data() + box.volume());
      step.raw().put(field.handle, box, memory.data());
    }
    step.expect(field, flat(blocks));
    step.commit_async();
    std::ranges::fill(memory, -1.0);
  }
  file.close();
}

TEST(Async, AStepIsInTheFileAfterTheNextOne) {
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  Flight flight;
  flight.commit_async();
  EXPECT_EQ(flight.steps_by_h5py(), "0");
  flight.commit_async();
  EXPECT_EQ(flight.steps_by_h5py(), "1");
  flight.writer().wait();
  EXPECT_EQ(flight.writer().in_flight(), 0u);
  EXPECT_EQ(flight.steps_by_h5py(), "2");
  flight.step().commit();
  EXPECT_EQ(flight.steps_by_h5py(), "3");
  flight.commit_async();
  flight.run().attribute("note", "after three");
  EXPECT_EQ(flight.steps_by_h5py(), "4") << "every collective call finishes what is in flight";
  flight.commit_async();
  flight.close();
  EXPECT_EQ(flight.steps_by_h5py(), "5");
}

TEST(Async, ProgressPublishesWhatIsDone) {
  Flight flight({.steps_in_flight = 3});
  for (int n = 0; n < 3; ++n) flight.commit_async();
  const double begin = MPI_Wtime();
  while (flight.writer().in_flight() > 0) {
    flight.writer().progress();
    double waited = MPI_Wtime() - begin;
    MPI_Bcast(&waited, 1, MPI_DOUBLE, 0, MPI_COMM_WORLD);
    ASSERT_LT(waited, 30) << "nothing is ever done";
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  EXPECT_NE(flight.writer().explain().find("without waiting: copy "), std::string::npos) << flight.writer().explain();
  flight.close();
}

TEST(Async, ThreadsRunWhereTheJobSays) {
  const std::string cpus = tessera::to_text(tessera::allowed_cpus());
  ::setenv("TESSERA_OUTPUT_CPUS", cpus.c_str(), 1);
  Flight flight;
  ::unsetenv("TESSERA_OUTPUT_CPUS");
  for (int n = 0; n < 3; ++n) flight.commit_async();
  EXPECT_NE(flight.writer().explain().find("on processors " + cpus + " (behind the simulation: " + cpus + ")"),
            std::string::npos)
      << flight.writer().explain();
  flight.close();
}

TEST(Async, ProcessorsThatNobodyHasAreRefused) {
  const std::string path = fresh_directory() + "/file.h5";
  for (const char* cpus : {"a", "1-", "1023"}) {
    for (const std::set<int>& culprits : culprits()) {
      if (culprits.contains(world_rank())) ::setenv("TESSERA_OUTPUT_CPUS", cpus, 1);
      expect_error({ErrorCode::invalid_argument, {"TESSERA_OUTPUT_CPUS", cpus}, culprits},
                   [&] { const tessera::Writer writer(MPI_COMM_WORLD, path); });
      ::unsetenv("TESSERA_OUTPUT_CPUS");
    }
  }
}

TEST(Async, ABudgetThatIsTooSmallMakesItWait) {
  Flight flight({.memory_budget = 1});
  for (int n = 0; n < 3; ++n) {
    flight.commit_async();
    EXPECT_EQ(flight.writer().in_flight(), 0u);
  }
  flight.close();
}

TEST(Async, FieldsAndRunsMayComeInBetween) {
  Flight flight({.steps_in_flight = 2});
  flight.commit_async();
  auto other = flight.file().run("other", {{"number", 2}});
  const auto late = other.field<double>("late", tessera::Grid{scene_shape});
  flight.commit_async();
  auto statics = other.statics();
  const auto fixed = other.field<float>("fixed", tessera::Grid{scene_shape}, {.time_dependent = false});
  statics.put(fixed, slabs(scene_shape, flight.file().size()));
  statics.commit_async();
  auto step = other.step(1);
  step.put(late, slabs(scene_shape, flight.file().size(), 2));
  step.commit_async();
  flight.commit_async();
  flight.close();
}

TEST(Async, WithoutCloseNothingInFlightIsKept) {
  Flight flight;
  flight.step().commit();
  flight.step().raw().commit_async();
  flight.file().drop_writer();
  flight.file().write_manifest();
}

/// The step that cannot be written, and the one behind it, are not in the file, and all goes on.
void lose_steps(Flight& flight, int culprit, std::size_t behind, const std::function<void()>& call) {
  FailingFiles::fail = world_rank() == culprit;
  for (std::size_t n = 0; n <= behind; ++n) flight.step().raw().commit_async();
  std::vector<std::string> words{"without waiting", "as the test wants it", "rank " + std::to_string(culprit),
                                 "is not in the file"};
  if (behind > 0) words.push_back("nor are the " + std::to_string(behind));
  expect_error({ErrorCode::storage, words, {culprit}}, call);
  FailingFiles::fail = false;
  EXPECT_EQ(flight.writer().in_flight(), 0u);
  flight.commit_async();
}

TEST(Async, WhatFailsIsToldByTheNextCall) {
  const FailingFiles files;
  Flight flight({.steps_in_flight = 2});
  flight.file().expected().depends_on_rank_count = true;
  for (int culprit = 0; culprit < world_size(); ++culprit) {
    flight.commit_async();
    flight.writer().wait();
    lose_steps(flight, culprit, 0, [&] { flight.writer().wait(); });
    flight.writer().wait();
    lose_steps(flight, culprit, 1, [&] { flight.run().attribute("never", 1); });
  }
  flight.writer().wait();
  // A step whose commit tells of it is still open, and can be committed once more.
  FailingFiles::fail = world_rank() == 0;
  for (int n = 0; n < 2; ++n) flight.step().raw().commit_async();
  auto third = flight.step();
  expect_error({ErrorCode::storage, {"without waiting", "nor are the 1"}, {0}}, [&] { third.raw().commit_async(); });
  FailingFiles::fail = false;
  third.commit_async();
  flight.close();
}

TEST(Async, CloseTellsOfTheLastStepAndClosesTheFile) {
  const FailingFiles files;
  Flight flight;
  expect_close_to_tell_of_the_last_step(flight);
}

TEST(Async, RanksThatWaitAndRanksThatDoNotDisagree) {
  Scene scene;
  scene.refuse_disagreement({ErrorCode::ranks_disagree, {"without waiting", "commit of step"}}, [&](bool is_culprit) {
    auto step = scene.run.step(scene.next_time());
    step.put(scene.field, scene.blocks);
    is_culprit ? step.raw().commit_async() : step.raw().commit();
  });
}

TEST(Async, AStepIsCommittedOnce) {
  Scene scene;
  auto step = scene.run.step(scene.next_time());
  step.put(scene.field, scene.blocks);
  step.commit_async();
  expect_error({ErrorCode::wrong_order, {"a step can be committed once"}}, [&] { step.raw().commit_async(); });
  scene.right_step();
}

TEST(Async, HowManyMayBeInFlight) {
  for (const std::size_t steps : {std::size_t{0}, std::size_t{17}}) {
    const std::string option = "Options::steps_in_flight = " + std::to_string(steps);
    expect_error({ErrorCode::invalid_argument, {option, "1 to 16"}},
                 [&] { tessera::Writer(MPI_COMM_WORLD, fresh_directory() + "/file.h5", {.steps_in_flight = steps}); });
  }
}

TEST(Publish, WhatDoesNotGoIsRefused) {
  const std::string path = fresh_directory() + "/file.h5";
  if (has_threads()) {
    expect_error({ErrorCode::invalid_argument, {"Options::publish_by", "Options::steps_in_flight is 2"}}, [&] {
      const tessera::Writer out(MPI_COMM_WORLD, path, {.steps_in_flight = 2, .publish_by = PublishBy::thread_alone});
    });
  }
  for (const std::set<int>& culprits : culprits()) {
    if (culprits.contains(world_rank())) ::setenv("TESSERA_PUBLISH_BY", "somebody", 1);
    expect_error({ErrorCode::invalid_argument, {"TESSERA_PUBLISH_BY", "somebody", "thread_alone"}, culprits},
                 [&] { const tessera::Writer out(MPI_COMM_WORLD, path); });
    ::unsetenv("TESSERA_PUBLISH_BY");
  }
}

/// With an HDF5 that is not thread-safe the program has to say that it does not call HDF5 itself.
TEST(Publish, NeedsAnHdf5ThatIsThreadSafe) {
  NEEDS_THREADS();
  const std::string path = fresh_directory() + "/file.h5";
  const Thrown thrown =
      thrown_by([&] { tessera::Writer(MPI_COMM_WORLD, path, {.publish_by = PublishBy::thread}).close(); });
  if (thrown.code == 0) GTEST_SKIP() << "this HDF5 is";
  expect_same_error(thrown, {ErrorCode::invalid_argument, {"thread-safe", "thread_alone"}, {0}});
}

}  // namespace
