#include <gtest/gtest.h>

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>

#include <tessera/finish.hpp>

#include "support/same_error.hpp"
#include "support/test_file.hpp"

/// \file
/// tessera::Finish: the same answer on every rank, for signals and deadlines of any rank.

using namespace tessera_test;
using tessera::ErrorCode;
using tessera::Finish;
using tessera::FinishOptions;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::system_clock;

class FinishTest : public testing::Test {
 protected:
  FinishTest() {
    for (const char* name : {"TESSERA_DEADLINE", "SLURM_JOB_END_TIME", "PBS_WALLTIME"}) unsetenv(name);
  }
  ~FinishTest() override { unsetenv("TESSERA_DEADLINE"); }

  bool is(int rank) const { return world_rank() == rank; }
  int last() const { return world_size() - 1; }

  /// Collective: the answer, which has to be the same on every rank.
  static bool answer(Finish& finish) {
    const int own = finish.should_finish() ? 1 : 0;
    int sum = 0;
    MPI_Allreduce(&own, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    EXPECT_EQ(sum, own * world_size());
    return own != 0;
  }
  /// Collective: the reason, which has to be the same on every rank.
  static std::string reason(const Finish& finish) {
    std::string text = finish.reason();
    text.resize(200);
    std::string first = text;
    MPI_Bcast(first.data(), 200, MPI_CHAR, 0, MPI_COMM_WORLD);
    EXPECT_EQ(text, first);
    return finish.reason();
  }
};

TEST_F(FinishTest, WithoutSignalAndDeadlineItNeverEnds) {
  Finish finish(MPI_COMM_WORLD);
  for (int n = 0; n < 20; ++n) EXPECT_FALSE(answer(finish));
  EXPECT_EQ(finish.reason(), "");
  EXPECT_FALSE(finish.time_left());
  EXPECT_EQ(finish.explain(), "Finish: signals none; deadline none, margin 60 s");
}

TEST_F(FinishTest, ASignalToOneRankEndsAll) {
  for (int told = 0; told < world_size(); ++told) {
    Finish finish(MPI_COMM_WORLD, {.signals = {SIGTERM, SIGUSR1}});
    EXPECT_FALSE(answer(finish));
    if (is(told)) raise(SIGTERM);
    EXPECT_TRUE(answer(finish));
    EXPECT_EQ(reason(finish), "SIGTERM on rank " + std::to_string(told));
    EXPECT_TRUE(answer(finish)) << "once true, always true";
  }
}

TEST_F(FinishTest, ASignalToAllRanksNamesTheLowest) {
  Finish finish(MPI_COMM_WORLD, {.signals = {SIGUSR1}});
  raise(SIGUSR1);
  EXPECT_TRUE(answer(finish));
  EXPECT_EQ(reason(finish), "SIGUSR1 on rank 0");
}

TEST_F(FinishTest, HandlersAreOnlyThereWhileItLives) {
  struct sigaction now {};
  {
    Finish finish(MPI_COMM_WORLD, {.signals = {SIGUSR1}});
    sigaction(SIGUSR1, nullptr, &now);
    EXPECT_TRUE((now.sa_flags & SA_SIGINFO) != 0);
    sigaction(SIGTERM, nullptr, &now);
    EXPECT_EQ(now.sa_handler, SIG_DFL) << "not asked for";
  }
  sigaction(SIGUSR1, nullptr, &now);
  EXPECT_EQ(now.sa_handler, SIG_DFL);
}

TEST_F(FinishTest, TheEarliestDeadlineOfAnyRankCounts) {
  for (int early = 0; early < world_size(); ++early) {
    FinishOptions options{.margin = 10s, .deadline = Clock::now() + 1h};
    if (is(early)) options.deadline = Clock::now() + 5s;
    Finish finish(MPI_COMM_WORLD, options);
    EXPECT_TRUE(answer(finish));
    EXPECT_TRUE(reason(finish).starts_with("walltime: ")) << finish.reason();
    EXPECT_TRUE(finish.reason().ends_with(", margin 10 s on rank " + std::to_string(early))) << finish.reason();
  }
}

TEST_F(FinishTest, OneRankWithADeadlineIsEnough) {
  FinishOptions options;
  if (is(last())) options.deadline = Clock::now() + 10s;
  Finish finish(MPI_COMM_WORLD, options);
  EXPECT_TRUE(answer(finish));
}

/// Steps of 0.3 s with a margin of 1.15 s before the deadline at 2.5 s: the last step ends at 1.2 s. Whoever ignores
/// what a step takes begins one that ends at 1.5 s, within the margin.
TEST_F(FinishTest, StepsAreTimedSoThatTheLastOneEndsInTime) {
  Finish finish(MPI_COMM_WORLD, {.margin = 1150ms, .deadline = Clock::now() + 2500ms});
  double begin = MPI_Wtime();
  double longest = 0;
  double step = 0;
  while (!answer(finish)) {
    if (is(last())) usleep(300'000);
    MPI_Barrier(MPI_COMM_WORLD);
    longest = std::max(longest, step);
    step = MPI_Wtime() - begin;
    begin = MPI_Wtime();
  }
  // A machine that is busy may be slower in the last step than ever before.
  EXPECT_TRUE(finish.time_left()->count() > 1.1 || step > longest + 0.05) << finish.time_left()->count();
  EXPECT_NE(reason(finish).find("a step takes "), std::string::npos) << finish.reason();
}

TEST_F(FinishTest, CommitsAreTimed) {
  {
    tessera::Writer out(MPI_COMM_WORLD, output_path(), {.overwrite = true});
    auto run = out.run("run");
    auto step = run.step(0);
    step.scalar("value", 1);
    step.commit();
    out.close();
  }
  Finish finish(MPI_COMM_WORLD, {.deadline = Clock::now() + 1s});
  EXPECT_TRUE(answer(finish));
  EXPECT_NE(reason(finish).find("a commit "), std::string::npos) << finish.reason();
}

TEST_F(FinishTest, TheVariableReplacesTheOption) {
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(Clock::now().time_since_epoch()).count();
  setenv("TESSERA_DEADLINE", std::to_string(now + 30).c_str(), 1);
  Finish finish(MPI_COMM_WORLD, {.deadline = Clock::now() + 1h});
  ASSERT_TRUE(finish.time_left());
  EXPECT_NEAR(finish.time_left()->count(), 30, 3);
  EXPECT_NE(finish.explain().find("(TESSERA_DEADLINE), margin 60 s"), std::string::npos) << finish.explain();
  EXPECT_TRUE(answer(finish));
}

TEST_F(FinishTest, ADeadlineInThePast) {
  Finish finish(MPI_COMM_WORLD, {.deadline = Clock::now() - 10s});
  EXPECT_LT(finish.time_left()->count(), 0);
  EXPECT_TRUE(answer(finish));
  EXPECT_TRUE(reason(finish).starts_with("walltime: over since ")) << finish.reason();
}

TEST_F(FinishTest, ASignalIsNamedBeforeTheWalltime) {
  Finish finish(MPI_COMM_WORLD, {.signals = {SIGUSR1}, .deadline = Clock::now()});
  if (is(last())) raise(SIGUSR1);
  EXPECT_TRUE(answer(finish));
  EXPECT_EQ(reason(finish), "SIGUSR1 on rank " + std::to_string(last()));
}

TEST_F(FinishTest, WrongOptionsOfOneRankAreEverybodysError) {
  for (int wrong = 0; wrong < world_size(); ++wrong) {
    for (const int number : {SIGKILL, SIGSEGV, 0, 4000}) {
      expect_error({ErrorCode::invalid_argument, {"FinishOptions::signals", "SIGTERM"}},
                   [&] { Finish finish(MPI_COMM_WORLD, {.signals = {is(wrong) ? number : SIGUSR1}}); });
    }
    for (const double margin : {-1.0, std::numeric_limits<double>::quiet_NaN(), HUGE_VAL}) {
      expect_error({ErrorCode::invalid_argument, {"FinishOptions::margin", "not negative"}}, [&] {
        Finish finish(MPI_COMM_WORLD, {.margin = std::chrono::duration<double>(is(wrong) ? margin : 1)});
      });
    }
    if (is(wrong)) setenv("TESSERA_DEADLINE", "noon", 1);
    expect_error({ErrorCode::invalid_argument, {"TESSERA_DEADLINE", "'noon'", "unset"}, {wrong}},
                 [&] { Finish finish(MPI_COMM_WORLD); });
    unsetenv("TESSERA_DEADLINE");
  }
}

TEST_F(FinishTest, OtherSignalsOnOneRankAreADisagreement) {
  if (world_size() == 1) return;  // nobody to disagree with
  expect_error({ErrorCode::ranks_disagree, {"SIGUSR1", "SIGTERM"}},
               [&] { Finish finish(MPI_COMM_WORLD, {.signals = {is(0) ? SIGUSR1 : SIGTERM}}); });
  struct sigaction now {};
  sigaction(SIGUSR1, nullptr, &now);
  EXPECT_EQ(now.sa_handler, SIG_DFL) << "nothing is installed when the constructor throws";
}

TEST_F(FinishTest, ARankThatDestroyedItsOwnIsNamedToThoseWhoAsk) {
  if (world_size() == 1) return;  // nobody to wait for
  for (int leaver = 0; leaver < world_size(); ++leaver) {
    std::optional<Finish> finish;
    finish.emplace(MPI_COMM_WORLD, FinishOptions{});
    EXPECT_FALSE(answer(*finish));
    if (is(leaver)) {
      finish.reset();
      continue;
    }
    for (int again = 0; again < 2; ++again) {
      const auto thrown = thrown_by([&] { finish->should_finish(); });
      EXPECT_EQ(thrown.code, static_cast<int>(ErrorCode::abandoned));
      EXPECT_EQ(thrown.ranks, std::vector{leaver});
      EXPECT_NE(thrown.what.find("should_finish()"), std::string::npos) << thrown.what;
      EXPECT_LT(thrown.seconds, 10);
    }
  }
}

TEST_F(FinishTest, DestroyedAtDifferentTimesWithoutAQuestion) {
  std::optional<Finish> finish;
  finish.emplace(MPI_COMM_WORLD, FinishOptions{});
  usleep(static_cast<useconds_t>(100'000 * world_rank()));
  const double begin = MPI_Wtime();
  finish.reset();
  EXPECT_LT(MPI_Wtime() - begin, 3);
}

TEST_F(FinishTest, CommunicatorsThatAreNone) {
  expect_error({ErrorCode::invalid_argument, {"tessera::Finish", "MPI_COMM_NULL"}},
               [] { Finish finish(MPI_COMM_NULL); });
}

TEST_F(FinishTest, OnePerHalfOfTheRanks) {
  MPI_Comm half = MPI_COMM_NULL;
  MPI_Comm_split(MPI_COMM_WORLD, world_rank() % 2, 0, &half);
  {
    Finish finish(half, {.signals = {SIGUSR1}});
    EXPECT_FALSE(finish.should_finish());
    if (is(0)) raise(SIGUSR1);
    EXPECT_EQ(finish.should_finish(), world_rank() % 2 == 0);
    EXPECT_EQ(finish.reason(), world_rank() % 2 == 0 ? "SIGUSR1 on rank 0" : "");
  }
  MPI_Comm_free(&half);
}

}  // namespace
