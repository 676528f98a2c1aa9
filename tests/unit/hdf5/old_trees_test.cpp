#include <gtest/gtest.h>

#include <algorithm>

#include "hdf5/check.hpp"
#include "hdf5/superblock.hpp"
#include "hdf5/tree_set.hpp"
#include "memory_file.hpp"
#include "numbered_steps.hpp"

/// \file
/// Jobs that continue one file: each puts its trees where those of jobs before lay, and nowhere else.

namespace tessera::hdf5 {
namespace {

using std::chrono::milliseconds;

struct OldTreesTest : ::testing::Test {
  static constexpr TreeSet::Options options{.grace = milliseconds(0)};
  static constexpr TreeSet::Options with_readers{.grace = std::chrono::hours(1)};
  MemoryFile file;
  int steps = 0;

  OldTreesTest() {
    Quiet quiet;
    TreeSet trees(file, options);
    commit(trees, 3);
    trees.close();
  }

  void commit(TreeSet& trees, int count) {
    for (int i = 0; i < count; ++i) trees.commit(record_of(trees, file, steps++));
  }

  void job(int count, bool is_closed = true) {
    TreeSet trees(file, options, TreeSet::Found{});
    commit(trees, count);
    if (is_closed) return trees.close();
    const MemoryFile left = file;
    trees.close();
    file = left;
  }

  std::uint64_t end() { return Superblock(file).end(); }

  TreeRecord record() {
    FreeRecord::Bytes bytes;
    file.read(FreeRecord::offset, bytes);
    const auto record = FreeRecord::read(bytes, end());
    return record && record->trees ? *record->trees : TreeRecord();
  }

  /// What the file says it does not refer to.
  std::vector<Extent> free_now() {
    const std::uint64_t root = Superblock(file).root();
    const TreeRecord all = record();
    return all.tree(root) != nullptr ? joined(all.free_under(root), 8) : std::vector<Extent>();
  }

  /// How many bytes were written to places that the file had, but for the superblock and the record; each must be free.
  std::uint64_t written_again(std::uint64_t before, const std::vector<Extent>& free) const {
    std::uint64_t sum = 0;
    for (const auto& write : file.writes) {
      if (write.offset < Space::first || write.offset >= before) continue;
      const auto has = [&](const Extent& one) {
        return one.begin <= write.offset && write.offset + write.size <= one.end;
      };
      EXPECT_TRUE(std::ranges::any_of(free, has)) << write.size << " bytes at " << write.offset;
      sum += write.size;
    }
    return sum;
  }
};

TEST_F(OldTreesTest, TreesOfManyJobsTakeNoMoreSpaceThanThoseOfThree) {
  std::vector<std::uint64_t> ends;
  for (int n = 0; n < 24; ++n) {
    job(3);
    ASSERT_EQ(steps_in(file), steps);
    ends.push_back(end());
  }
  const std::uint64_t first = ends[1] - ends[0];
  const std::uint64_t later = (ends.back() - ends[2]) / (ends.size() - 3);
  RecordProperty("bytes_of_a_job", std::to_string(later));
  // Three chunks of 128 bytes, roots, an index that grows; without old space 30 kB.
  EXPECT_LT(later, 3000u);
  EXPECT_LT(first, 45'000u);
}

TEST_F(OldTreesTest, NorDoThoseOfJobsThatAreKilled) {
  for (int n = 0; n < 3; ++n) job(3, false);
  const std::uint64_t before = end();
  for (int n = 0; n < 20; ++n) {
    job(3, false);
    ASSERT_EQ(steps_in(file), steps);
  }
  // One of the two trees that a killed job leaves is used again: another program may have changed the other one.
  EXPECT_LT(end() - before, 20u * 15'000u);
}

TEST_F(OldTreesTest, NothingElseIsWrittenTo) {
  for (int n = 0; n < 6; ++n) {
    const auto free = free_now();
    const std::uint64_t before = end();
    ASSERT_FALSE(free.empty());
    file.writes.clear();
    TreeSet trees(file, options, TreeSet::Found{});
    commit(trees, 2);  // the first trees; later commits change these
    EXPECT_GT(written_again(before, free), 8000u);
    trees.close();
    EXPECT_EQ(steps_in(file), steps);
  }
}

TEST_F(OldTreesTest, ReadersOfEarlierTreesAreGivenTime) {
  const auto free = free_now();
  const std::uint64_t before = end();
  file.writes.clear();
  {
    TreeSet trees(file, with_readers, TreeSet::Found{});
    commit(trees, 2);
    EXPECT_EQ(written_again(before, {}), 0u);
    trees.close();
  }
  // It is for the next job then.
  const auto left = free_now();
  for (const Extent& one : free) {
    const auto has = [&](const Extent& other) { return other.begin <= one.begin && one.end <= other.end; };
    EXPECT_TRUE(std::ranges::any_of(left, has));
  }
  file.alone = true;
  file.writes.clear();
  TreeSet trees(file, with_readers, TreeSet::Found{});
  commit(trees, 1);
  EXPECT_GT(written_again(before, left), 0u) << "nobody has the file open";
  trees.close();
}

/// Each commit beside a reader takes another tree, and the record has no place for the names of all.
TEST_F(OldTreesTest, ThatAreMoreThanTheRecordNamesAreUsedAgain) {
  for (const bool is_closed : {true, false}) {
    file.alone = false;
    {
      TreeSet trees(file, with_readers, TreeSet::Found{});
      commit(trees, 40);
      ASSERT_GT(trees.trees(), TreeRecord::max_trees + 10);
      const MemoryFile left = file;
      trees.close();
      if (!is_closed) file = left;
    }
    EXPECT_LE(record().trees.size(), TreeRecord::max_trees);
    const auto free = free_now();
    std::uint64_t sum = 0;
    for (const Extent& one : free) sum += one.size();
    EXPECT_GT(sum, 35u * 8000u) << "closed: " << is_closed;
    const std::uint64_t before = end();
    file.writes.clear();
    TreeSet trees(file, options, TreeSet::Found{});
    commit(trees, 3);
    EXPECT_GT(written_again(before, free), 16'000u);
    EXPECT_EQ(steps_in(file), steps);
    trees.close();
  }
}

/// While one of these is the file, all others are free; a tree that it does not name knows nothing of it.
TEST_F(OldTreesTest, ThatTheRecordDoesNotNameAreNotUsedUnderThatTree) {
  file.alone = false;
  std::vector<MemoryFile> states;
  {
    TreeSet trees(file, with_readers, TreeSet::Found{});
    for (int n = 0; n < 30; ++n) {
      commit(trees, 1);
      states.push_back(file);
    }
    trees.close();
  }
  const MemoryFile last = file;
  int named = 0;
  for (const MemoryFile& state : states) {  // as after a power failure that left an older superblock
    file = last;
    std::copy_n(state.bytes.begin(), 48, file.bytes.begin());
    if (!free_now().empty()) ++named;
    const auto free = free_now();
    const std::uint64_t before = end();
    const int there = steps_in(file);
    file.writes.clear();
    TreeSet trees(file, options, TreeSet::Found{});
    trees.commit(record_of(trees, file, there));
    written_again(before, free);
    EXPECT_EQ(steps_in(file), there + 1);
    trees.close();
  }
  EXPECT_LE(named, 2);
  EXPECT_GE(named, 1);
}

/// With power_safe the superblock before is on stable storage first.
TEST_F(OldTreesTest, IsUsedAfterASync) {
  file.writes.clear();
  file.syncs.clear();
  TreeSet trees(file, {.grace = milliseconds(0), .power_safe = true}, TreeSet::Found{});
  commit(trees, 1);
  ASSERT_FALSE(file.syncs.empty());
  EXPECT_EQ(file.syncs.front(), 1u) << "behind the step's chunk, before any block";
  trees.close();
}

TEST_F(OldTreesTest, ARecordOfOtherTreesSaysNothing) {
  const TreeRecord all = record();
  ASSERT_EQ(all.trees.size(), 2u);
  TreeRecord others = all;
  for (TreeBlocks& tree : others.trees) tree.root += 8;
  file.write(FreeRecord::offset, FreeRecord{{}, others}.bytes());
  const std::uint64_t before = end();
  file.writes.clear();
  TreeSet trees(file, options, TreeSet::Found{});
  EXPECT_EQ(trees.free_bytes(), 0u);
  commit(trees, 1);
  EXPECT_EQ(written_again(before, {}), 0u);
  trees.close();
}

/// As a program leaves it that continues the file and knows nothing of trees' space.
TEST_F(OldTreesTest, IsLeftAloneWhereAnotherProgramHasTheFile) {
  const FreeRecord::Bytes then = [&] {
    FreeRecord::Bytes bytes;
    file.read(FreeRecord::offset, bytes);
    return bytes;
  }();
  job(2);
  file.write(FreeRecord::offset, then);
  EXPECT_TRUE(free_now().empty());
  const std::uint64_t before = end();
  file.writes.clear();
  TreeSet trees(file, options, TreeSet::Found{});
  commit(trees, 1);
  EXPECT_EQ(written_again(before, {}), 0u);
  trees.close();
  EXPECT_EQ(steps_in(file), steps);
}

/// No tree begins where another one did: by that the record knows them.
TEST_F(OldTreesTest, RootsLieBehindEachOther) {
  std::uint64_t last = Superblock(file).root();
  for (int n = 0; n < 5; ++n) {
    const std::uint64_t before = end();
    TreeSet trees(file, options, TreeSet::Found{});
    commit(trees, 1);
    const std::uint64_t root = Superblock(file).root();
    EXPECT_GE(root, before);
    EXPECT_GT(root, last);
    last = root;
    trees.close();
  }
}

}  // namespace
}  // namespace tessera::hdf5
