#include "hdf5/tree_set.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <thread>

#include "memory_file.hpp"
#include "numbered_steps.hpp"
#include "schema/layout.hpp"

namespace tessera::hdf5 {
namespace {

using std::chrono::milliseconds;

TEST(TreeSetTest, IsAnEmptyHdf5FileFromTheStart) {
  MemoryFile file;
  const TreeSet trees(file, {});
  EXPECT_EQ(steps_in(file), 0);
}

TEST(TreeSetTest, EveryCommitIsReadableWhileTheTreesAreOpen) {
  MemoryFile file;
  TreeSet trees(file, {.grace = milliseconds(0)});
  for (int n = 0; n < 12; ++n) {
    trees.commit(record_of(trees, file, n));
    EXPECT_EQ(steps_in(file), n + 1);
  }
  EXPECT_EQ(trees.trees(), 2u);
  trees.close();
  EXPECT_EQ(steps_in(file), 12);
}

TEST(TreeSetTest, ABlockOfThePublishedTreeIsNeverWrittenToAgain) {
  MemoryFile file;
  TreeSet trees(file, {.grace = milliseconds(0)});
  std::vector<std::vector<MemoryFile::Write>> commits;
  for (int n = 0; n < 10; ++n) {
    auto record = record_of(trees, file, n);
    file.writes.clear();
    trees.commit(std::move(record));
    commits.push_back(file.writes);
  }
  // With two trees in turn, commit n + 1 must not touch what commit n, n - 2, ... wrote.
  for (std::size_t n = 1; n < commits.size(); ++n) {
    for (std::size_t other = (n + 1) % 2; other < n; other += 2) {
      for (const auto& write : commits[n]) {
        for (const auto& old : commits[other]) {
          if (write.offset == 0) continue;
          EXPECT_FALSE(write.offset < old.offset + old.size && old.offset < write.offset + write.size);
        }
      }
    }
  }
}

TEST(TreeSetTest, TheFileIsNeverShorterThanTheEndThatTheSuperblockStates) {
  MemoryFile file;
  TreeSet trees(file, {.grace = milliseconds(0)});
  for (int n = 0; n < 5; ++n) {
    const std::uint64_t length_before = file.length;
    trees.commit(record_of(trees, file, n));
    std::uint64_t end = 0;
    std::memcpy(&end, file.bytes.data() + 28, 8);  // superblock version 3: end of file address
    EXPECT_LE(end, file.length);
    EXPECT_LE(end, length_before) << "a reader that asked for the length before this commit would find it truncated";
  }
  trees.close();
}

TEST(TreeSetTest, SuperblockIsOfVersionThreeWithoutStatusFlags) {
  MemoryFile file;
  TreeSet trees(file, {});
  trees.commit(record_of(trees, file, 0));
  EXPECT_EQ(std::to_integer<int>(file.bytes[8]), 3);
  EXPECT_EQ(std::to_integer<int>(file.bytes[11]), 0);
}

/// Chunks of a field without fill value are never filled, come one by one, and are stored whole at the edges; time is
/// the only unlimited axis, so the chunks' index is an extensible array.
TEST(TreeSetTest, FieldsAreStoredAsEveryReaderAndTheDriverWantThem) {
  MemoryFile file;
  TreeSet trees(file, {});
  trees.commit(record_of(trees, file, 0));
  const std::string path = ::testing::TempDir() + "tree_set_test_field.h5";
  file.save(path);
  const Handle opened(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  const Handle dataset(H5Dopen2(opened.get(), "/r/f", H5P_DEFAULT), H5Dclose);
  const Handle list(H5Dget_create_plist(dataset.get()), H5Pclose);
  H5D_fill_time_t fill = H5D_FILL_TIME_ERROR;
  H5D_alloc_time_t allocation = H5D_ALLOC_TIME_ERROR;
  unsigned options = ~0u;
  EXPECT_GE(H5Pget_fill_time(list.get(), &fill), 0);
  EXPECT_GE(H5Pget_alloc_time(list.get(), &allocation), 0);
  EXPECT_GE(H5Pget_chunk_opts(list.get(), &options), 0);
  EXPECT_EQ(fill, H5D_FILL_TIME_NEVER);
  EXPECT_EQ(allocation, H5D_ALLOC_TIME_INCR);
  EXPECT_EQ(options, 0u);
  const Handle shape(H5Dget_space(dataset.get()), H5Sclose);
  hsize_t most[3] = {0, 0, 0};
  ASSERT_EQ(H5Sget_simple_extent_dims(shape.get(), nullptr, most), 3);
  EXPECT_EQ(most[0], H5S_UNLIMITED);
  EXPECT_EQ(most[1], 4u);
  EXPECT_EQ(most[2], 4u);
  std::filesystem::remove(path);
}

/// Times of creation in some object would make each file another one.
TEST(TreeSetTest, EqualRecordsMakeEqualFiles) {
#if H5_VERSION_GE(2, 0, 0)
  GTEST_SKIP() << "HDF5 2.x writes the time of creation into the superblock's extension, and lets nobody forbid it";
#endif
  std::vector<std::vector<std::byte>> contents;
  for (int i = 0; i < 2; ++i) {
    if (i > 0) std::this_thread::sleep_for(milliseconds(1100));
    MemoryFile file;
    file.readers = false;
    TreeSet trees(file, {});
    trees.expect_no_readers();
    for (int n = 0; n < 3; ++n) trees.commit(record_of(trees, file, n));
    trees.close();
    contents.push_back(file.content());
  }
  EXPECT_TRUE(contents[0] == contents[1]);
}

/// Groups that are no longer written to keep neither objects of HDF5 open nor memory.
TEST(TreeSetTest, DatasetsThatAreNotInUseAreClosed) {
  MemoryFile file;
  file.readers = false;
  TreeSet trees(file, {});
  trees.expect_no_readers();
  const auto open = [] { return H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_DATASET); };
  ssize_t most = 0;
  for (int run = 0; run < 60; ++run) {
    Record record;
    const schema::Run description{"r" + std::to_string(run), "/r" + std::to_string(run), {}};
    for (const auto& part : {schema::create_run(description, {}), schema::create_time(description, 0, run, 512)}) {
      record.definitions.insert(record.definitions.end(), part.begin(), part.end());
    }
    record.begin = {{description.path + "/time", 1}};
    record.finish = {{description.path + "/time", 0, {0.5}}};
    trees.commit(std::move(record));
    if (run == 30) most = open();
  }
  EXPECT_LE(open(), most);
  EXPECT_LE(most, 40);
}

TEST(TreeSetTest, PowerSafeSyncsBeforeAndAfterEachSuperblockWrite) {
  MemoryFile file;
  TreeSet trees(file, {.grace = milliseconds(0), .power_safe = true});
  file.syncs.clear();
  trees.commit(record_of(trees, file, 0));
  const auto is_superblock = [](const MemoryFile::Write& write) { return write.offset == 0; };
  const auto last = std::find_if(file.writes.rbegin(), file.writes.rend(), is_superblock);
  const auto before = static_cast<std::size_t>(file.writes.rend() - last) - 1;
  EXPECT_EQ(file.syncs, (std::vector<std::size_t>{before, before + 1}));
}

/// No superblock has ever referred to it: which of them a power failure leaves makes no difference.
TEST(TreeSetTest, SpaceThatNobodyUsedIsToldWithoutASync) {
  MemoryFile file;
  TreeSet trees(file, {.grace = milliseconds(0)});
  trees.commit(record_of(trees, file, 0));
  const std::uint64_t begin = trees.end();
  trees.reserve(4096);
  trees.commit(record_of(trees, file, 1));
  trees.add_free({{begin, begin + 4096}});
  EXPECT_EQ(trees.free_bytes(), 4096u);
  trees.close();
  EXPECT_TRUE(file.syncs.empty());
  EXPECT_EQ(steps_in(file), 2);
  EXPECT_GE(TreeSet(file, {}, TreeSet::Found{}).free_bytes(), 4096u) << "and that of the tree which is not the file";
}

TEST(TreeSetTest, ACommitThatFailsLeavesTheFileAndALaterOneSucceeds) {
  MemoryFile file;
  TreeSet trees(file, {.grace = milliseconds(0)});
  trees.commit(record_of(trees, file, 0));
  trees.commit(record_of(trees, file, 1));
  const std::uint64_t end = trees.end();
  auto record = record_of(trees, file, 2);
  file.fails = true;
  EXPECT_THROW(trees.commit(std::move(record)), Error);
  file.fails = false;
  EXPECT_EQ(trees.end(), end);
  EXPECT_EQ(steps_in(file), 2);
  ASSERT_TRUE(trees.usable());
  trees.commit(record_of(trees, file, 2));
  EXPECT_EQ(steps_in(file), 3);
}

TEST(TreeSetTest, BlocksLieInWhatIsReservedForThem) {
  MemoryFile file;
  TreeSet trees(file, {.grace = milliseconds(0)});
  int number = 0;
  while (number < 4) trees.commit(record_of(trees, file, number++));
  trees.reserve_for_blocks();
  int interrupted = 0;
  for (int n = 0; n < 40; ++n) {
    const std::uint64_t end = trees.end();
    auto record = record_of(trees, file, number++);
    const std::uint64_t chunks = trees.end();
    trees.commit(std::move(record));
    interrupted += trees.end() != chunks;
    EXPECT_GT(chunks, end);
    trees.reserve_for_blocks();
  }
  EXPECT_LE(interrupted, 2) << "a block that is larger than what there is";
  trees.close();
  EXPECT_EQ(steps_in(file), number);
}

/// A block that ended there HDF5 would let grow, which the driver takes for a defect.
TEST(TreeSetTest, NothingReservedForBlocksEndsAtTheEndOfTheFile) {
  MemoryFile file;
  TreeSet trees(file, {.grace = milliseconds(0)});
  trees.commit(record_of(trees, file, 0));
  const std::uint64_t end = trees.end();
  const std::uint64_t free = trees.free_bytes();
  trees.reserve_for_blocks();
  EXPECT_GT(trees.free_bytes(), free);
  EXPECT_LT(trees.free_bytes() - free, trees.end() - end);
}

/// It belongs to nobody after a commit that failed, and chunks are written there.
TEST(TreeSetTest, WhatIsReservedForBlocksIsGivenBack) {
  MemoryFile file;
  TreeSet trees(file, {.grace = milliseconds(0)});
  int number = 0;
  while (number < 8) trees.commit(record_of(trees, file, number++));
  const std::uint64_t end = trees.end();
  trees.reserve_for_blocks();
  EXPECT_GT(trees.end(), end);
  auto record = record_of(trees, file, number);
  file.fails = true;
  EXPECT_THROW(trees.commit(std::move(record)), Error);
  file.fails = false;
  EXPECT_EQ(trees.end(), end);
  for (int n = 0; n < 40; ++n) {
    trees.commit(record_of(trees, file, number++));
    EXPECT_EQ(steps_in(file), number);
  }
}

TEST(TreeSetTest, CloseCutsOffWhatTheFileIsLongerThanItsContent) {
  MemoryFile file;
  TreeSet trees(file, {});
  trees.commit(record_of(trees, file, 0));
  EXPECT_GT(file.length, 1u << 20);
  trees.close();
  EXPECT_LT(file.length, 1u << 20);
  EXPECT_EQ(steps_in(file), 1);
}

/// A real file with a hole: chunks and metadata lie behind 2^31, 2^32 and 2^33 bytes.
TEST(TreeSetTest, AddressesGoBeyond32Bits) {
  const std::string path = ::testing::TempDir() + "tree_set_test.large.h5";
  std::filesystem::remove(path);
  const auto file = storage::create_file(path);
  TreeSet trees(*file, {.grace = milliseconds(0)});
  for (int n = 0; n < 5; ++n) {
    trees.reserve((std::uint64_t{1} << 31) - 100);
    trees.commit(record_of(trees, *file, n));
    EXPECT_EQ(steps_in(path), n + 1);
  }
  trees.close();
  EXPECT_EQ(steps_in(path), 5);
  EXPECT_GT(std::filesystem::file_size(path), std::uint64_t{5} << 31);
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace tessera::hdf5
