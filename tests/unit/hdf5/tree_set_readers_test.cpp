#include "hdf5/tree_set.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "memory_file.hpp"
#include "numbered_steps.hpp"

namespace tessera::hdf5 {
namespace {

using std::chrono::milliseconds;

TEST(TreeSetTest, FastCommitsMakeMoreTreesUpToTheLimitThenWait) {
  MemoryFile file;
  TreeSet trees(file, {.grace = milliseconds(60), .max_trees = 3});
  const auto begin = TreeSet::Clock::now();
  for (int n = 0; n < 7; ++n) {
    trees.commit(record_of(trees, file, n));
    EXPECT_EQ(steps_in(file), n + 1);
  }
  EXPECT_EQ(trees.trees(), 3u);
  EXPECT_GE(TreeSet::Clock::now() - begin, milliseconds(100)) << "a tree was changed within its grace";
}

TEST(TreeSetTest, WithoutReadersTwoTreesSufficeAndNothingWaits) {
  MemoryFile file;
  file.readers = false;
  TreeSet trees(file, {.grace = std::chrono::minutes(1)});
  trees.expect_no_readers();
  for (int n = 0; n < 40; ++n) trees.commit(record_of(trees, file, n));
  EXPECT_EQ(trees.trees(), 2u);
  EXPECT_LE(trees.kept_records(), 2u);
  EXPECT_EQ(steps_in(file), 40);
}

TEST(TreeSetTest, AReaderIsGivenItsGraceAlsoInTreesThatArePublishedSoonAfterItWasSeen) {
  MemoryFile file;
  file.readers = false;
  TreeSet trees(file, {.grace = std::chrono::minutes(1)});
  trees.expect_no_readers();
  for (int n = 0; n < 4; ++n) trees.commit(record_of(trees, file, n));
  file.readers = true;
  trees.commit(record_of(trees, file, 4));
  file.readers = false;  // it opened the file, and may read the superblock a little later
  for (int n = 5; n < 9; ++n) trees.commit(record_of(trees, file, n));
  EXPECT_EQ(trees.trees(), 7u) << "a tree was changed in which the reader may be";
  EXPECT_EQ(steps_in(file), 9);
}

TEST(TreeSetTest, OnceTheReadersGraceIsOverTwoTreesSufficeAgainAndTheOthersAreGivenUp) {
  MemoryFile file;
  file.readers = false;
  TreeSet trees(file, {.grace = milliseconds(50), .log_bytes = 1});
  trees.expect_no_readers();
  trees.commit(record_of(trees, file, 0));
  file.readers = true;
  for (int n = 1; n < 6; ++n) trees.commit(record_of(trees, file, n));
  const std::size_t many = trees.trees();
  EXPECT_GT(many, 3u);
  file.readers = false;
  std::this_thread::sleep_for(milliseconds(60));
  for (int n = 6; n < 40; ++n) trees.commit(record_of(trees, file, n));
  EXPECT_LT(trees.trees(), many);
  EXPECT_EQ(steps_in(file), 40);
}

/// Readers come and go all the time, but between two commits there is a moment without.
TEST(TreeSetTest, WhereNobodyHasTheFileOpenTwoTreesSufficeAndNothingWaits) {
  MemoryFile file;
  file.alone = true;
  TreeSet trees(file, {.grace = std::chrono::minutes(1)});
  for (int n = 0; n < 40; ++n) trees.commit(record_of(trees, file, n));
  EXPECT_EQ(trees.trees(), 2u);
  EXPECT_EQ(steps_in(file), 40);
}

TEST(TreeSetTest, AMomentWithoutReadersFreesAllTreesButNoneThatIsReplacedLater) {
  MemoryFile file;
  TreeSet trees(file, {.grace = std::chrono::minutes(1)});
  for (int n = 0; n < 5; ++n) trees.commit(record_of(trees, file, n));
  EXPECT_EQ(trees.trees(), 6u);
  file.alone = true;
  trees.commit(record_of(trees, file, 5));
  file.alone = false;  // somebody opened it, and is in what is published now
  for (int n = 6; n < 9; ++n) trees.commit(record_of(trees, file, n));
  EXPECT_EQ(trees.trees(), 6u) << "trees that rest no longer were not used";
  for (int n = 9; n < 12; ++n) trees.commit(record_of(trees, file, n));
  EXPECT_EQ(trees.trees(), 8u) << "a tree was changed in which the reader may be";
  EXPECT_EQ(steps_in(file), 12);
}

/// A reader may stop at any line, also before it has read anything.
TEST(TreeSetTest, AReaderThatStopsBetweenOpenAndReadFindsAWholeTree) {
  const std::string path = ::testing::TempDir() + "tree_set_test_stopped.h5";
  std::filesystem::remove(path);
  const auto file = storage::create_file(path);
  TreeSet trees(*file, {.grace = std::chrono::minutes(1)});
  trees.expect_no_readers();
  for (int n = 0; n < 3; ++n) trees.commit(record_of(trees, *file, n));
  std::ifstream reader(path, std::ios::binary);
  std::vector<char> superblock(48);
  for (int n = 3; n < 6; ++n) trees.commit(record_of(trees, *file, n));
  const std::size_t before = trees.trees();
  EXPECT_GE(before, 4u) << "a tree was changed in which the reader may be";
  reader.read(superblock.data(), 48);
  for (int n = 6; n < 12; ++n) trees.commit(record_of(trees, *file, n));
  EXPECT_EQ(trees.trees(), before + 6) << "a tree was changed in which the reader may be";
  // What it finds behind the superblock that it has read.
  std::vector<char> rest(1 << 20);
  reader.read(rest.data(), static_cast<std::streamsize>(rest.size()));
  const std::string seen = path + ".seen";
  std::ofstream(seen, std::ios::binary)
      .write(superblock.data(), 48)
      .write(rest.data(), static_cast<std::streamsize>(rest.size()));
  std::filesystem::resize_file(seen, std::filesystem::file_size(path));
  EXPECT_EQ(steps_in(seen), 6);
  reader.close();
  trees.commit(record_of(trees, *file, 12));
  EXPECT_LE(trees.trees(), before + 7) << "after the reader has gone";
  EXPECT_EQ(steps_in(path), 13);
  std::filesystem::remove(seen);
  std::filesystem::remove(path);
}

TEST(TreeSetTest, ALaterTreeIsMadeWithoutTheHistory) {
  MemoryFile file;
  file.readers = false;
  TreeSet trees(file, {.grace = milliseconds(200), .log_bytes = 1});
  trees.expect_no_readers();
  for (int n = 0; n < 700; ++n) trees.commit(record_of(trees, file, n));
  EXPECT_EQ(trees.trees(), 2u);
  file.readers = true;
  for (int n = 700; n < 705; ++n) {
    trees.commit(record_of(trees, file, n));
    EXPECT_EQ(steps_in(file), n + 1);
  }
  EXPECT_GT(trees.trees(), 2u);
}

TEST(TreeSetTest, AReaderInsideSeesItsStepsWhileCommitsRushBy) {
  const std::string path = ::testing::TempDir() + "tree_set_test_reader.h5";
  std::filesystem::remove(path);
  const auto file = storage::create_file(path);
  TreeSet trees(*file, {.grace = std::chrono::minutes(1)});
  trees.expect_no_readers();
  for (int n = 0; n < 3; ++n) trees.commit(record_of(trees, *file, n));
  Handle reader(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  ASSERT_GE(reader.get(), 0);
  for (int n = 3; n < 20; ++n) trees.commit(record_of(trees, *file, n));
  EXPECT_EQ(steps_in(reader), 3);
  reader = Handle();  // HDF5 opens a file once in a process
  EXPECT_EQ(steps_in(path), 20);
}

}  // namespace
}  // namespace tessera::hdf5
