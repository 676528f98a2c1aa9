#include <gtest/gtest.h>

#include "support/late_scene.hpp"

/// \file
/// Every rank stops at every place of a commit, one after the other: between any two of its collective operations.

using namespace tessera_test;

namespace {

void stalls_everywhere(int committed) {
  const int operations = operations_of_commit(committed);
  for (int n = 1; n <= operations; ++n) {
    for (int late = 0; late < world_size(); ++late) stalls_in_the_middle(committed, n, operations, late);
  }
}

TEST(StalledRanks, InTheFirstCommitWhichPlans) { stalls_everywhere(0); }

TEST(StalledRanks, InALaterCommit) { stalls_everywhere(1); }

}  // namespace
