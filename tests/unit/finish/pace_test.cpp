#include <gtest/gtest.h>

#include <thread>

#include "base/commit_time.hpp"
#include "finish/pace.hpp"

using namespace tessera;
using namespace tessera::finish;

namespace {

TEST(Pace, NothingIsKnownBeforeTheSecondCall) {
  Pace pace;
  EXPECT_EQ(pace.longest(), 0);
  pace.step(100);
  EXPECT_EQ(pace.longest(), 0);
}

TEST(Pace, TheLongestStepCounts) {
  Pace pace;
  for (const double now : {100.0, 103.0, 110.0, 111.0}) pace.step(now);
  EXPECT_EQ(pace.longest(), 7);
}

TEST(Pace, TheTextNamesWhatIsKnown) {
  EXPECT_EQ(walltime_text(55, {20, 3.25, 60}), "walltime: 55 s left, a step takes 20 s, a commit 3.2 s, margin 60 s");
  EXPECT_EQ(walltime_text(0.5, {0, 0, 60}), "walltime: 0.50 s left, margin 60 s");
  EXPECT_EQ(walltime_text(-3, {20, 0, 0}), "walltime: over since 3.0 s, a step takes 20 s, margin 0.00 s");
}

TEST(CommitTime, KeepsTheLongest) {
  const double before = max_commit_seconds();
  {
    const CommitTimer timer;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  const double after = max_commit_seconds();
  EXPECT_GE(after, 0.02);
  EXPECT_GE(after, before);
  { const CommitTimer timer; }
  EXPECT_EQ(max_commit_seconds(), after);
}

}  // namespace
