#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>

#include "base/attempt.hpp"
#include "hdf5/tree_set.hpp"
#include "memory_file.hpp"
#include "numbered_steps.hpp"
#include "support/no_memory.hpp"

/// \file
/// Each allocation of commits that copy trees fails in its turn: that commit does, the next is whole. Which commits of
/// whole programs copy one, and fail there, depends on time.

namespace tessera::hdf5 {
namespace {

using tessera_test::FailingAllocation;

constexpr int steps = 5;

/// \returns whether an allocation failed
bool commit_with_failure(std::size_t number, bool and_all_that_follow) {
  MemoryFile file;  // readers may be in each tree: commits that follow quickly copy one, or wait
  TreeSet trees(file, {.grace = std::chrono::milliseconds(2)});
  bool was_failed = false;
  FailingAllocation failing(number, and_all_that_follow);
  for (int n = 0; n < steps; ++n) {
    const Record record = record_of(trees, file, n);
    std::optional<Error> failure;
    attempt(failure, [&] {
      Record given = record;
      const FailingAllocation::Enabled enabled;
      trees.commit(std::move(given));
    });
    const bool is_first = failing.has_failed() && !was_failed;
    was_failed = was_failed || is_first;
    failing.end_if_failed();
    EXPECT_TRUE(!failure || is_first) << failure->what();
    if (!failure) continue;
    EXPECT_EQ(steps_in(file), n == 0 ? 0 : n);
    trees.commit(record_of(trees, file, n));
  }
  EXPECT_EQ(steps_in(file), steps);
  trees.close();
  EXPECT_EQ(steps_in(file), steps);
  return was_failed;
}

void fail_each(bool and_all_that_follow) {
  std::size_t number = 1;
  while (commit_with_failure(number, and_all_that_follow)) {
    ASSERT_FALSE(testing::Test::HasFailure()) << "with allocation " << number;
    ++number;
  }
  EXPECT_GT(number, 500u) << "nothing failed";
}

TEST(NoMemoryForTrees, Once) { fail_each(false); }

TEST(NoMemoryForTrees, UntilTheCallEnds) { fail_each(true); }

}  // namespace
}  // namespace tessera::hdf5
