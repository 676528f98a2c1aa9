#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <thread>

#include <tessera/reader.hpp>

#include "base/commit_time.hpp"
#include "support/failing_files.hpp"
#include "support/flight.hpp"
#include "support/last_step.hpp"
#include "support/mpi_threads.hpp"
#include "support/scene.hpp"
#include "support/slow_files.hpp"

/// \file
/// A thread that makes steps in flight part of the file (Options::publish_by). Those that need MPI_THREAD_MULTIPLE run
/// in entries of their own, with TESSERA_TEST_MPI_THREADS (tests/mpi/CMakeLists.txt).

#ifdef __SANITIZE_THREAD__
/// Threads that call MPI at the same time meet in its atomics, which ThreadSanitizer does not see: only what code that
/// it compiled does to memory is looked at here.
extern "C" const char* __tsan_default_options() { return "ignore_noninstrumented_modules=1"; }
#endif

using namespace tessera_test;
using tessera::ErrorCode;
using tessera::PublishBy;

namespace {

tessera::Options by_thread() { return {.publish_by = PublishBy::thread_alone}; }

/// Without a call that is collective, until the thread of every rank has done its work.
void wait_until_published(const tessera::Writer& writer) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (writer.in_flight() > 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ASSERT_EQ(writer.in_flight(), 0u) << "nothing was published within 30 s";
  MPI_Barrier(MPI_COMM_WORLD);
}

TEST(Publish, WithoutAFurtherCall) {
  NEEDS_THREADS();
  Flight flight(by_thread());
  for (int n = 1; n <= 4; ++n) {
    flight.commit_async();
    wait_until_published(flight.writer());
    EXPECT_EQ(tessera::steps_in_flight(), 0) << "what a deadline has to leave time for";
    if (n % 3 == 1 && has_python()) {
      EXPECT_EQ(flight.steps_by_h5py(), std::to_string(n));
    }
    EXPECT_NE(flight.writer().explain().find(std::to_string(n) + " commits"), std::string::npos);
  }
  flight.close();
}

TEST(Publish, StepAfterStepAndOtherCalls) {
  NEEDS_THREADS();
  Flight flight(by_thread());
  for (int n = 0; n < 8; ++n) {
    flight.commit_async();
    EXPECT_LE(flight.writer().in_flight(), 1u);
    EXPECT_EQ(flight.run().raw().steps(), n + 1);
  }
  flight.run().attribute("note", "in between");
  flight.step().commit();
  flight.commit_async();
  flight.writer().progress();
  EXPECT_EQ(flight.writer().in_flight(), 0u) << "every collective call waits for the thread";
  flight.commit_async();
  flight.writer().wait();
  EXPECT_EQ(flight.writer().in_flight(), 0u);
  flight.commit_async();
  flight.close();
}

/// What a program may call while the thread is at work; ThreadSanitizer looks at it too.
TEST(Publish, LocalCallsMeanwhile) {
  NEEDS_THREADS();
  const SlowFiles files(std::chrono::milliseconds(20));
  tessera::Options options = by_thread();
  options.paraview = tessera::SideFiles::both;
  Flight flight(options);
  int meanwhile = 0;
  for (int n = 0; n < 4; ++n) {
    SlowFiles::writes = 3;
    flight.commit_async();
    do {
      const std::size_t before = flight.writer().in_flight();
      const std::string text = flight.writer().explain();
      if (before == 1 && flight.writer().in_flight() == 1) {
        EXPECT_NE(text.find(std::to_string(n) + " commits, 1 in flight"), std::string::npos) << text;
        ++meanwhile;
      } else {
        EXPECT_TRUE(text.find(std::to_string(n) + " commits, 1 in flight") != std::string::npos ||
                    text.find(std::to_string(n + 1) + " commits\n") != std::string::npos)
            << text;
      }
      EXPECT_LE(flight.writer().report().total.number, n + 1);
      flight.writer().unused_bytes();
      EXPECT_EQ(flight.run().raw().steps(), n + 1);
      tessera::Step dropped = flight.run().raw().step(100 + n);
      dropped.scalar("energy", n);
    } while (flight.writer().in_flight() > 0);
  }
  EXPECT_GT(meanwhile, 0);
  const tessera::Report report = flight.writer().report();
  EXPECT_EQ(report.total.number, world_rank() == 0 ? 4 : 0);
  flight.close();
}

/// Both call HDF5, in two threads.
TEST(Publish, AReaderMeanwhile) {
  NEEDS_THREADS();
  Flight flight(by_thread());
  flight.commit_async();
  wait_until_published(flight.writer());
  for (int n = 1; n < 5; ++n) {
    flight.commit_async();
    const tessera::Reader reader(MPI_COMM_WORLD, flight.file().path());
    EXPECT_GE(reader.run("run").steps(), n);
  }
  flight.close();
}

#if TESSERA_HAVE_PARALLEL_HDF5
/// So does a writer with the other engine, on all ranks at once.
TEST(Publish, AWriterOfTheOtherEngineMeanwhile) {
  NEEDS_THREADS();
  const SlowFiles files(std::chrono::milliseconds(2));
  Flight flight(by_thread());
  tessera::Options options;
  options.engine = tessera::Engine::collective;
  TestFile other(options, "other");
  auto run = other.run("run");
  const tessera::Index shape{13, 9, 11};
  std::vector<TestField<double>> fields;
  for (int number = 0; number < 5; ++number) {
    fields.push_back(run.field<double>("field" + std::to_string(number), tessera::Grid{shape}));
  }
  for (int n = 0; n < 3; ++n) {
    SlowFiles::writes = 20;
    flight.commit_async();
    auto step = run.step(n);
    for (auto& field : fields) step.put(field, uneven_slabs(shape, other.size(), 1));
    step.commit();
  }
  other.close();
  flight.close();
}
#endif

/// The step is lost, the call that tells of it has done nothing, and all goes on.
TEST(Publish, WhatFailsIsToldByTheNextCall) {
  NEEDS_THREADS();
  const FailingFiles files;
  Flight flight(by_thread());
  flight.file().expected().depends_on_rank_count = true;
  const std::function<void()> calls[] = {[&] { flight.writer().wait(); }, [&] { flight.writer().progress(); },
                                         [&] { flight.run().raw().attribute("never", 1); }};
  for (int culprit = 0; culprit < world_size(); ++culprit) {
    flight.commit_async();
    flight.writer().wait();
    FailingFiles::fail = world_rank() == culprit;
    flight.step().raw().commit_async();
    wait_until_published(flight.writer());
    FailingFiles::fail = false;
    const std::string rank = "rank " + std::to_string(culprit);
    expect_error({ErrorCode::storage,
                  {"without waiting", "as the test wants it", rank, "is not in the file"},
                  {culprit}},
                 calls[(culprit + world_size()) % 3]);
    // A step whose commit tells of it is still open, and can be committed once more.
    FailingFiles::fail = world_rank() == culprit;
    flight.step().raw().commit_async();
    auto next = flight.step();
    expect_error({ErrorCode::storage, {"without waiting", rank}, {culprit}}, [&] { next.raw().commit_async(); });
    FailingFiles::fail = false;
    next.commit_async();
  }
  flight.close();
}

/// The file has no manifest: those know no refinements.
TEST(Publish, RegridTellsOfALostStep) {
  NEEDS_THREADS();
  const FailingFiles files;
  Flight flight(by_thread());
  const auto levels = flight.run().raw().refinement("levels", {.cells = {4, 4}});
  flight.commit_async();
  flight.writer().wait();
  FailingFiles::fail = world_rank() == world_size() - 1;
  flight.step().raw().commit_async();
  wait_until_published(flight.writer());
  FailingFiles::fail = false;
  expect_error({ErrorCode::storage, {"without waiting", "is not in the file"}, {world_size() - 1}},
               [&] { flight.run().raw().regrid(levels, {}); });
  flight.writer().close();
}

TEST(Publish, CloseTellsOfTheLastStep) {
  NEEDS_THREADS();
  const FailingFiles files;
  Flight flight(by_thread());
  expect_close_to_tell_of_the_last_step(flight);
}

/// The thread is at work when the writer goes; it was begun on all ranks, so the step is in the file.
TEST(Publish, WithoutClose) {
  NEEDS_THREADS();
  const SlowFiles files(std::chrono::milliseconds(20));
  Flight flight(by_thread());
  flight.step().commit();
  if (world_rank() == world_size() - 1) SlowFiles::writes = 3;
  flight.commit_async();
  flight.file().drop_writer();
  flight.file().write_manifest();
}

/// One rank destroys its writer where the others make a call.
TEST(Publish, OneRankLeaves) {
  NEEDS_THREADS();
  if (world_size() == 1) GTEST_SKIP() << "there is nobody else";
  Flight flight(by_thread());
  flight.file().expected().depends_on_rank_count = true;
  flight.commit_async();
  if (world_rank() == world_size() - 1) {
    flight.file().drop_writer();
  } else {
    EXPECT_EQ(thrown_by([&] { flight.writer().wait(); }).code, static_cast<int>(ErrorCode::abandoned));
  }
  flight.file().write_manifest();
}

/// A rank that writes for longer than the limit: the threads of the others give up, and the next call says so.
TEST(LatePublish, ARankThatWritesForLong) {
  NEEDS_THREADS();
  if (world_size() == 1) GTEST_SKIP() << "there is nobody else";
  const SlowFiles files(std::chrono::milliseconds(2500));
  tessera::Options options = by_thread();
  options.rank_timeout = 0.8;
  Flight flight(options);
  flight.file().expected().depends_on_rank_count = true;
  flight.commit_async();
  flight.writer().wait();
  const int late = world_size() - 1;
  if (world_rank() == late) SlowFiles::writes = 1;
  flight.step().raw().commit_async();
  wait_until_published(flight.writer());
  const std::string step = "commit of step 1 of run 'run'";
  expect_error({ErrorCode::rank_missing, {step, "rank " + std::to_string(late), "began it but did not go on"}, {late}},
               [&] { flight.writer().wait(); });
  flight.file().drop_writer();
  flight.file().write_manifest();
}

TEST(Publish, NeedsThreadsOfMpi) {
  if (has_threads()) GTEST_SKIP() << "there are";
  for (const auto choice : {PublishBy::thread, PublishBy::thread_alone}) {
    expect_error({ErrorCode::invalid_argument,
                  {"Options::publish_by", "MPI_THREAD_MULTIPLE", "'funneled'", "next_call"}},
                 [&] {
                   const tessera::Writer out(MPI_COMM_WORLD, fresh_directory() + "/file.h5", {.publish_by = choice});
                 });
  }
}

}  // namespace
