#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <tessera/reader.hpp>

#include "../support/comma_locale.hpp"
#include "base/text.hpp"
#include "comm/rank_timeout.hpp"
#include "support/late_scene.hpp"

/// \file
/// A rank that does not come, or not go on: with a time limit set the others give up with one error, in which it is
/// named; the file keeps the committed steps; and the rank that comes late gets the same error at once.

using namespace tessera_test;
using tessera::ErrorCode;

namespace {

/// A rank comes late to `call`; the others give up.
template <class Call>
void comes_late(int late, const std::string& name, Call&& call) {
  if (world_size() == 1) return;
  LateScene scene("." + std::to_string(late));
  Stall stall(late, 0);
  stall.here();
  const Thrown thrown = thrown_by([&] { call(scene); });
  EXPECT_LT(thrown.seconds, stall.is_here() ? at_once : all_gone);
  stall.release();
  expect_same_error(thrown, {ErrorCode::rank_missing,
                             {name, ": " + rank(late) + " did not arrive within 0.8 s",
                              "in this call; the file holds the committed steps, and the writer is closed",
                              "Look at what " + rank(late) + " did instead"},
                             {late}});
  scene.expect_dead(thrown);
}

TEST(LateRanks, ToACommit) {
  for (int late = 0; late < world_size(); ++late) {
    comes_late(late, "commit of step 1 of run 'run': ", [](LateScene& scene) { scene.step(1).commit(); });
  }
}

TEST(LateRanks, ToADefinition) {
  comes_late(world_size() - 1, "run('other'): ", [](LateScene& scene) { scene.file.raw().run("other"); });
}

TEST(LateRanks, ToClose) {
  comes_late(0, "close() of '", [](LateScene& scene) { scene.file.raw().close(); });
}

TEST(LateRanks, ToARead) {
  for (int late : {0, world_size() - 1}) {
    if (world_size() == 1) return;
    LateScene scene(".read." + std::to_string(late));
    scene.close();
    tessera::Reader in(MPI_COMM_WORLD, scene.file.path(), {.rank_timeout = limit});
    std::vector<double> values(static_cast<std::size_t>(tessera::Box::at({0, 0, 0}, scene_shape).volume()));
    auto step = in.run("run").step(0);
    Stall stall(late, 0);
    stall.here();
    step.get("field", tessera::Box::at({0, 0, 0}, scene_shape), values);
    const Thrown thrown = thrown_by([&] { step.read(); });
    EXPECT_LT(thrown.seconds, stall.is_here() ? at_once : all_gone);
    stall.release();
    const std::string text = "read of step 0 of run 'run': " + rank(late) + " did not arrive within 0.8 s";
    expect_same_error(thrown, {ErrorCode::rank_missing, {text}, {late}});
    const Thrown again = thrown_by([&] { in.close(); });
    EXPECT_EQ(again.what, thrown.what);
    EXPECT_LT(again.seconds, at_once);
  }
}

/// Its destructor does not wait.
TEST(LateRanks, ToItsDestructor) {
  if (world_size() == 1) return;
  LateScene scene;
  Stall stall(1, 0);
  stall.here();
  if (!stall.is_here()) {
    EXPECT_EQ(thrown_by([&] { scene.step(1).commit(); }).code, static_cast<int>(ErrorCode::rank_missing));
  }
  stall.release();
}

/// It never makes another call with this writer; MPI ends in order all the same.
TEST(LateRanks, ForEver) {
  if (world_size() == 1) return;
  LateScene scene;
  const int never = world_size() - 1;
  if (scene.file.rank() != never) {
    EXPECT_EQ(thrown_by([&] { scene.step(1).commit(); }).code, static_cast<int>(ErrorCode::rank_missing));
  }
  MPI_Barrier(MPI_COMM_WORLD);
}

TEST(LateRanks, SeveralAndOthersInOtherCalls) {
  if (world_size() != 4) return;  // takes one that commits, one that closes, and two that are late
  LateScene scene;
  Stall stall(3, 0);
  stall.here();
  Thrown thrown;
  if (scene.file.rank() == 2) {
    MPI_Barrier(MPI_COMM_WORLD);  // comes when the others have given up
    thrown = thrown_by([&] { scene.step(1).commit(); });
  } else {
    thrown = thrown_by([&] {
      if (scene.file.rank() == 0) scene.step(1).commit();
      usleep(200 * 1000);  // so that rank 0 is the first to give up
      scene.file.raw().close();
    });
    stall.release();
    MPI_Barrier(MPI_COMM_WORLD);
  }
  expect_same_error(thrown, {ErrorCode::rank_missing,
                             {"commit of step 1 of run 'run': ranks 2 and 3 did not arrive within 0.8 s; "
                              "rank 0 is in this call, rank 1 is in close() of '"},
                             {2, 3}});
}

TEST(LateRanks, StoppedBySignal) {
  for (int late = 0; world_size() > 1 && late < world_size(); late += world_size() - 1) {
    LateScene scene("." + std::to_string(late));
    Stall stall(late, 2, Stall::How::stopped);
    if (is_collective()) {
      // HDF5's own collective calls cannot be given up: stopped before the commit.
      stall.here();
    }
    const Thrown thrown = thrown_by([&] { scene.step(1).commit(); });
    stall.release();
    expect_same_error(thrown, {ErrorCode::rank_missing, {rank(late)}, {late}});
    EXPECT_TRUE(!stall.is_here() || stall.has_stalled());
    scene.expect_dead(thrown);
  }
}

/// One after the other: what takes every rank at every place is in stalled_ranks.cpp.
TEST(LateRanks, InTheMiddleOfALaterCommit) {
  const int operations = operations_of_commit(1);
  for (int n = 1; n <= operations; ++n) stalls_in_the_middle(1, n, operations, n % world_size());
}

/// Nobody is late: nothing is different.
TEST(LateRanks, AreNotMissedWithinTheLimit) {
  LateScene scene("", 1, 60);
  for (int n = 1; n < 20; ++n) {
    if (scene.file.rank() == n % scene.file.size()) usleep(20 * 1000);
    EXPECT_NO_THROW(scene.step(n).commit());
  }
  scene.close();
}

/// On a communicator of the test's own: the operations that were begun on it never end.
MPI_Comm lost_communicator() {
  MPI_Comm comm = MPI_COMM_NULL;
  MPI_Comm_dup(MPI_COMM_WORLD, &comm);
  return comm;
}

TEST(LateRanks, ToTheWriter) {
  for (int late = 0; world_size() > 1 && late < world_size(); late += world_size() - 1) {
    MPI_Comm comm = lost_communicator();
    const std::string path = output_path("." + std::to_string(late));
    Stall stall(late, 0);
    stall.here();
    const Thrown thrown = thrown_by([&] { const tessera::Writer writer(comm, path, {.rank_timeout = limit}); });
    stall.release();
    expect_same_error(thrown, {ErrorCode::rank_missing,
                               {"not all ranks of the communicator made the tessera::Writer within 0.8 s"}});
    EXPECT_LT(thrown.seconds, all_gone);
    EXPECT_FALSE(std::filesystem::exists(path));
  }
}

TEST(RankTimeout, IsNoTime) {
  for (const double seconds : {-1.0, std::nan(""), HUGE_VAL}) {
    expect_error({ErrorCode::invalid_argument,
                  {"Options::rank_timeout is " + tessera::exact(seconds), "0 for no limit"}},
                 [&] { const tessera::Writer writer(MPI_COMM_WORLD, output_path(), {.rank_timeout = seconds}); });
  }
}

/// Sets TESSERA_RANK_TIMEOUT on this rank.
class Variable {
 public:
  explicit Variable(const char* value) { setenv("TESSERA_RANK_TIMEOUT", value, 1); }
  ~Variable() { unsetenv("TESSERA_RANK_TIMEOUT"); }
};

TEST(RankTimeout, OfTheEnvironmentTakesPrecedence) {
  const Variable variable("0.8");
  if (world_size() == 1) return;
  LateScene scene("", 1, 1000);
  Stall stall(0, 0);
  stall.here();
  const Thrown thrown = thrown_by([&] { scene.step(1).commit(); });
  stall.release();
  expect_same_error(thrown, {ErrorCode::rank_missing, {"within 0.8 s"}, {0}});
}

/// The program's locale has a comma for the point.
TEST(RankTimeout, OfTheEnvironmentIsReadInAnyLocale) {
  const Variable variable("1.5");
  const CommaLocale locale;
  if (locale.is_there()) {
    EXPECT_EQ(tessera::comm::rank_timeout(0), 1.5);
  }
  MPI_Barrier(MPI_COMM_WORLD);
}

/// Rank 0 waits for a reader longer than ranks may wait for each other: it is not missing.
TEST(RankTimeout, DoesNotCountWhatReadersAreGiven) {
  if (is_collective()) return;  // has nothing to wait for
  constexpr double grace = 2.5;
  TestFile file({.reader_grace_ms = 2500, .rank_timeout = limit});
  auto run = file.run("run");
  const auto field = run.field<double>("field", tessera::Grid{scene_shape});
  double longest = 0;
  const double first = MPI_Wtime();
  for (int n = 0; n < 80; ++n) {
    std::ifstream reader;  // open during the commit: one that has left is not waited for
    if (file.rank() == 0) reader.open(file.path());
    reader.get();
    auto step = run.step(n);
    step.put(field, bricks(scene_shape, file.size()));
    const double begin = MPI_Wtime();
    ASSERT_NO_THROW(step.commit());
    longest = std::max(longest, MPI_Wtime() - begin);
  }
  const double total = MPI_Wtime() - first;
  EXPECT_NO_THROW(file.close());
  if (longest <= limit && total > grace) GTEST_SKIP() << "commits were too slow here for readers to hold any";
  EXPECT_GT(longest, limit) << "no commit had to wait";
}

TEST(RankTimeout, OfTheEnvironmentIsNoNumber) {
  for (const char* value : {"soon", "10s", "-1", "inf"}) {
    const Variable variable(value);
    expect_error({ErrorCode::invalid_argument, {"TESSERA_RANK_TIMEOUT is '" + std::string(value) + "'", "seconds"}},
                 [&] { const tessera::Writer writer(MPI_COMM_WORLD, output_path(), {}); });
  }
}

TEST(RankTimeout, OfTheEnvironmentIsSetOnOneRankOnly) {
  for (int culprit = 0; world_size() > 1 && culprit < world_size(); ++culprit) {
    std::optional<Variable> variable;
    if (world_rank() == culprit) variable.emplace("60");
    expect_error({ErrorCode::ranks_disagree, {"rank timeout 60 s", rank(culprit)}},
                 [&] { const tessera::Writer writer(MPI_COMM_WORLD, output_path(), {}); });
  }
}

}  // namespace
