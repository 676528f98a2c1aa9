#include <gtest/gtest.h>

#include <numeric>

#include "hdf5/superblock.hpp"
#include "hdf5/tree_set.hpp"
#include "memory_file.hpp"
#include "numbered_steps.hpp"

/// \file
/// A file that was there, and the trees that are made for it before its first commit.

namespace tessera::hdf5 {
namespace {

using std::chrono::milliseconds;

struct TreeSetFoundTest : ::testing::Test {
  static constexpr int steps = 40;
  static constexpr TreeSet::Options options{.grace = milliseconds(0)};
  MemoryFile file;

  TreeSetFoundTest() {
    TreeSet trees(file, options);
    for (int n = 0; n < steps; ++n) trees.commit(record_of(trees, file, n));
    trees.close();
    file.writes.clear();
  }

  /// As far as the superblock says.
  std::vector<std::byte> file_bytes() {
    std::vector<std::byte> all = file.content();
    all.resize(Superblock(file).end());
    return all;
  }

  /// Bytes that the commit of a step writes, with its chunk.
  std::uint64_t bytes_of_commit(TreeSet& trees, int number) {
    file.writes.clear();
    trees.commit(record_of(trees, file, number));
    EXPECT_EQ(steps_in(file), number + 1);
    return std::accumulate(file.writes.begin(), file.writes.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const auto& write) { return sum + write.size; });
  }
};

TEST_F(TreeSetFoundTest, IsAsItWasWhereNothingIsCommitted) {
  const auto before = file_bytes();
  TreeSet trees(file, options, TreeSet::Found{});
  const std::uint64_t unused = trees.free_bytes();
  trees.prepare_for("/r");
  EXPECT_FALSE(file.writes.empty());
  for (const auto& write : file.writes) EXPECT_GE(write.offset, Space::first);
  EXPECT_EQ(steps_in(file), steps);
  trees.close();
  const auto after = file_bytes();
  ASSERT_EQ(after.size(), before.size());
  // Only where trees lay that are not the file (old_trees_test.cpp).
  std::uint64_t differ = 0;
  for (std::size_t at = 0; at < before.size(); ++at) differ += before[at] != after[at];
  EXPECT_LE(differ, unused);
  EXPECT_EQ(file.length, before.size());
}

TEST_F(TreeSetFoundTest, ItsFirstCommitsWriteAsMuchAsLaterOnes) {
  TreeSet trees(file, options, TreeSet::Found{});
  trees.prepare_for("/r");
  const std::uint64_t first = bytes_of_commit(trees, steps);
  const std::uint64_t second = bytes_of_commit(trees, steps + 1);
  bytes_of_commit(trees, steps + 2);
  const std::uint64_t later = bytes_of_commit(trees, steps + 3);
  EXPECT_LT(first, 2 * later);
  EXPECT_LT(second, 2 * later);
  trees.close();
  EXPECT_EQ(steps_in(file), steps + 4);
}

/// The run is linked to in trees that were made for another one.
TEST_F(TreeSetFoundTest, AlsoWhereAnotherRunCameFirst) {
  TreeSet trees(file, options, TreeSet::Found{});
  trees.prepare_for("/other");
  trees.prepare_for("/r");
  const std::uint64_t first = bytes_of_commit(trees, steps);
  bytes_of_commit(trees, steps + 1);
  EXPECT_LT(first, 2 * bytes_of_commit(trees, steps + 2));
  trees.close();
  EXPECT_EQ(steps_in(file), steps + 3);
}

TEST_F(TreeSetFoundTest, ChangesAlsoARunThatNothingWasPreparedFor) {
  TreeSet trees(file, options, TreeSet::Found{});
  trees.prepare_for("/other");
  for (int n = steps; n < steps + 4; ++n) bytes_of_commit(trees, n);
  trees.close();
  EXPECT_EQ(steps_in(file), steps + 4);
}

/// What could not be prepared is left to the commits; so is what a failed commit took with it.
TEST_F(TreeSetFoundTest, OutlivesFailures) {
  TreeSet trees(file, options, TreeSet::Found{});
  file.fails = true;
  trees.prepare_for("/r");
  file.fails = false;
  trees.prepare_for("/r");
  Record record = record_of(trees, file, steps);
  file.fails = true;
  EXPECT_THROW(trees.commit(std::move(record)), Error);
  file.fails = false;
  EXPECT_EQ(steps_in(file), steps);
  for (int n = steps; n < steps + 3; ++n) bytes_of_commit(trees, n);
  trees.close();
  EXPECT_EQ(steps_in(file), steps + 3);
}

}  // namespace
}  // namespace tessera::hdf5
