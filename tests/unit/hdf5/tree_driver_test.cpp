#include "hdf5/tree_driver.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "hdf5/check.hpp"
#include "hdf5/driver_table.hpp"
#include "memory_file.hpp"

namespace tessera::hdf5 {
namespace {

/// A chunked, unlimited 1-D dataset of bytes in a fresh tree.
struct TreeDriverTest : ::testing::Test {
  Quiet quiet;
  MemoryFile storage;
  Space space;
  TreeDriver driver{storage, space};
  Handle file = driver.create();

  Handle make_dataset(const char* name) {
    const hsize_t length = 0;
    const hsize_t most = H5S_UNLIMITED;
    const hsize_t chunk = 64;
    const Handle shape(H5Screate_simple(1, &length, &most), H5Sclose);
    const Handle list(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_chunk(list.get(), 1, &chunk);
    H5Pset_deflate(list.get(), 1);
    H5Pset_fill_time(list.get(), H5D_FILL_TIME_NEVER);
    return {H5Dcreate2(file.get(), name, H5T_STD_U8LE, shape.get(), H5P_DEFAULT, list.get(), H5P_DEFAULT), H5Dclose};
  }
  static herr_t add_chunk(const Handle& dataset, hsize_t number, std::uint64_t size) {
    const hsize_t length = (number + 1) * 64;
    const hsize_t offset = number * 64;
    const char nothing = 0;
    if (H5Dset_extent(dataset.get(), &length) < 0) return -1;
    return H5Dwrite_chunk(dataset.get(), H5P_DEFAULT, 0, &offset, size, &nothing);
  }
  std::uint64_t address_of(const Handle& dataset, hsize_t number) {
    hsize_t offset = number * 64;
    unsigned mask = 0;
    haddr_t address = 0;
    hsize_t size = 0;
    EXPECT_GE(H5Dget_chunk_info_by_coord(dataset.get(), &offset, &mask, &address, &size), 0);
    return address;
  }
  void TearDown() override { driver.retire(); }
};

TEST_F(TreeDriverTest, ArmedChunkGetsItsAddressAndIsNotWritten) {
  const Handle dataset = make_dataset("d");
  const std::uint64_t address = space.allocate(40);
  driver.arm(address, 40);
  ASSERT_GE(add_chunk(dataset, 0, 40), 0);
  driver.disarm();
  EXPECT_EQ(address_of(dataset, 0), address);
  H5Fflush(file.get(), H5F_SCOPE_GLOBAL);
  driver.emit();
  for (const auto& write : storage.writes) {
    EXPECT_FALSE(write.offset < address + 40 && address < write.offset + write.size) << "a write at " << write.offset;
  }
}

TEST_F(TreeDriverTest, FirstChunkOfADatasetMakesIndexBlocksWhileArmedThatDoNotTakeTheChunksAddress) {
  const Handle dataset = make_dataset("d");
  const std::uint64_t address = space.allocate(40);
  const std::uint64_t before = space.end();
  driver.arm(address, 40);
  ASSERT_GE(add_chunk(dataset, 0, 40), 0);
  driver.disarm();
  EXPECT_GT(space.end(), before) << "no index block was allocated while the chunk was armed";
  EXPECT_EQ(address_of(dataset, 0), address);
}

TEST_F(TreeDriverTest, ChunkThatWasNotArmedByItsSizeIsRefused) {
  const Handle dataset = make_dataset("d");
  driver.arm(space.allocate(40), 40);
  EXPECT_LT(add_chunk(dataset, 0, 41), 0);
  EXPECT_THROW(driver.disarm(), Error);
}

/// Global heaps and small datasets are "raw" to HDF5 too, and may have the armed chunk's size.
TEST_F(TreeDriverTest, WhatIsNotAtTheArmedAddressIsWrittenWhateverItsSize) {
  const std::uint64_t chunk = space.allocate(40);
  const std::uint64_t other = space.allocate(40);
  const std::vector<std::byte> bytes(40, std::byte{7});
  driver.arm(chunk, 40);
  driver.write(other, bytes.size(), bytes.data());
  driver.emit();
  ASSERT_FALSE(storage.writes.empty());
  EXPECT_EQ(storage.writes.back().offset, other);
  EXPECT_EQ(storage.writes.back().size, 40u);
}

/// HDF5 would allocate a few KiB at once and place several blocks in them, behind the driver's back.
TEST_F(TreeDriverTest, OffersHdf5NoFeatures) {
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  use_tree_driver(access.get(), driver);
  H5FD_t* opened = H5FDopen("tree", H5F_ACC_RDWR, access.get(), HADDR_UNDEF - 1);
  ASSERT_NE(opened, nullptr);
  unsigned long features = ~0ul;
  EXPECT_GE(H5FDquery(opened, &features), 0);
  EXPECT_EQ(features, 0ul);
  H5FDclose(opened);
}

/// A free-space manager would hand out again what a published tree points at.
TEST_F(TreeDriverTest, FileHasNoFreeSpaceManager) {
  const Handle list(H5Fget_create_plist(file.get()), H5Pclose);
  H5F_fspace_strategy_t strategy = H5F_FSPACE_STRATEGY_NTYPES;
  hbool_t persists = 1;
  hsize_t threshold = 0;
  ASSERT_GE(H5Pget_file_space_strategy(list.get(), &strategy, &persists, &threshold), 0);
  EXPECT_EQ(strategy, H5F_FSPACE_STRATEGY_NONE);
  EXPECT_EQ(persists, 0u);
}

TEST_F(TreeDriverTest, ArmedChunkThatIsNeverWrittenIsADefect) {
  driver.arm(space.allocate(40), 40);
  EXPECT_THROW(driver.disarm(), Error);
}

TEST_F(TreeDriverTest, GlobalHeapAndSmallDatasetsAreWrittenThoughTheyCountAsRaw) {
  const hsize_t length = 3;
  const Handle shape(H5Screate_simple(1, &length, nullptr), H5Sclose);
  const Handle small(H5Dcreate2(file.get(), "small", H5T_NATIVE_DOUBLE, shape.get(), H5P_DEFAULT, H5P_DEFAULT,
                                H5P_DEFAULT),
                     H5Dclose);
  const double values[] = {1, 2, 3};
  ASSERT_GE(H5Dwrite(small.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), 0);
  const Handle scalar(H5Screate(H5S_SCALAR), H5Sclose);
  const Handle text(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(text.get(), H5T_VARIABLE);
  const Handle attribute(H5Acreate2(small.get(), "heap", text.get(), scalar.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  const char* word = "kept in the global heap";
  ASSERT_GE(H5Awrite(attribute.get(), text.get(), &word), 0);
  ASSERT_GE(H5Fflush(file.get(), H5F_SCOPE_GLOBAL), 0);
  driver.emit();
  driver.publish();
  const std::string content(reinterpret_cast<const char*>(storage.bytes.data()), storage.bytes.size());
  EXPECT_NE(content.find("kept in the global heap"), std::string::npos);
  EXPECT_NE(content.find(std::string(reinterpret_cast<const char*>(values), sizeof values)), std::string::npos);
}

TEST_F(TreeDriverTest, BlocksDoNotGrowIntoWhatLiesBehindThem) {
  Handle dataset = make_dataset("d");
  // The header of d is the last block; a chunk follows it at once.
  const std::uint64_t address = space.allocate(40);
  driver.arm(address, 40);
  ASSERT_GE(add_chunk(dataset, 0, 40), 0);
  driver.disarm();
  const Handle scalar(H5Screate(H5S_SCALAR), H5Sclose);
  for (int i = 0; i < 40; ++i) {
    const Handle attribute(H5Acreate2(dataset.get(), ("attribute " + std::to_string(i)).c_str(), H5T_NATIVE_INT,
                                      scalar.get(), H5P_DEFAULT, H5P_DEFAULT),
                           H5Aclose);
    H5Awrite(attribute.get(), H5T_NATIVE_INT, &i);
  }
  ASSERT_GE(H5Fflush(file.get(), H5F_SCOPE_GLOBAL), 0);
  driver.emit();
  for (const auto& write : storage.writes) {
    EXPECT_FALSE(write.offset < address + 40 && address < write.offset + write.size) << "a write at " << write.offset;
  }
}

TEST(SpaceTest, BlocksBeginAtMultiplesOfEightAndDoNotOverlap) {
  Space space;
  const auto first = space.allocate(13);
  EXPECT_EQ(space.allocate(8), first + 16);
  EXPECT_EQ(space.end(), first + 24);
  EXPECT_EQ(space.allocate(0), space.end());
}

TEST(SpaceTest, OnlyTheLastBlockMayGrowAndOnlyForItsOwner) {
  Space space;
  const int owner = 0;
  const int other = 0;
  const auto block = space.allocate(16, &owner);
  EXPECT_TRUE(space.may_grow(&owner));
  EXPECT_FALSE(space.may_grow(&other));
  space.grow(block + 20);
  EXPECT_EQ(space.exact_end(), block + 20);
  EXPECT_EQ(space.allocate(8), block + 24);
  EXPECT_FALSE(space.may_grow(&owner));
}

/// HDF5 takes a block that ends at the file's end for one that may grow.
TEST(SpaceTest, NoSealedBlockEndsAtTheEnd) {
  Space space;
  const int owner = 0;
  const auto block = space.allocate(16, &owner);
  space.seal();
  EXPECT_GT(space.end(), block + 16);
  EXPECT_FALSE(space.may_grow(&owner));
  const auto end = space.end();
  space.seal();
  EXPECT_EQ(space.end(), end);
}

/// What is reserved for chunks next joins what was reserved last.
TEST(SpaceTest, ChunksMayEndAtTheEnd) {
  Space space;
  const int owner = 0;
  space.allocate(16, &owner);
  const auto chunks = space.allocate(24);
  space.seal();
  EXPECT_EQ(space.end(), chunks + 24);
}

TEST(SpaceTest, WhatIsGivenBackIsNoFreeSpaceForBlocks) {
  Space space;
  const auto begin = space.allocate(64);
  const auto end = space.allocate(64) + 64;
  space.free_blocks().add({{begin, end}});
  space.give_back(begin + 64);
  EXPECT_EQ(space.free_blocks().bytes(), 64u);
  EXPECT_EQ(space.allocate_block(64, nullptr), begin);
  EXPECT_EQ(space.allocate_block(8, nullptr), begin + 64) << "behind the end";
}

TEST_F(TreeDriverTest, BlocksOfAPublishedTreeDoNotGrow) {
  Handle dataset = make_dataset("d");
  ASSERT_GE(H5Fflush(file.get(), H5F_SCOPE_GLOBAL), 0);
  driver.emit();
  driver.publish();
  const std::uint64_t end = space.end();
  const Handle scalar(H5Screate(H5S_SCALAR), H5Sclose);
  for (int i = 0; i < 40; ++i) {
    const Handle attribute(H5Acreate2(dataset.get(), ("attribute " + std::to_string(i)).c_str(), H5T_NATIVE_INT,
                                      scalar.get(), H5P_DEFAULT, H5P_DEFAULT),
                           H5Aclose);
  }
  storage.writes.clear();
  ASSERT_GE(H5Fflush(file.get(), H5F_SCOPE_GLOBAL), 0);
  driver.emit();
  EXPECT_FALSE(driver.take_failure());
  for (const auto& write : storage.writes) {
    EXPECT_FALSE(write.offset < end && write.offset + write.size > end) << "a write at " << write.offset;
  }
}

TEST_F(TreeDriverTest, OnlyPublishWritesTheSuperblockAndOnlyItsFortyEightBytes) {
  make_dataset("d");
  ASSERT_GE(H5Fflush(file.get(), H5F_SCOPE_GLOBAL), 0);
  driver.emit();
  for (const auto& write : storage.writes) EXPECT_GE(write.offset, Space::first);
  const std::size_t before = storage.writes.size();
  driver.publish();
  ASSERT_EQ(storage.writes.size(), before + 1);
  EXPECT_EQ(storage.writes.back().offset, 0u);
  EXPECT_EQ(storage.writes.back().size, TreeDriver::superblock_size);
}

TEST_F(TreeDriverTest, WritesToAPublishedTreeAreADefectAndReachNothing) {
  Handle dataset = make_dataset("d");
  H5Fflush(file.get(), H5F_SCOPE_GLOBAL);
  driver.emit();
  driver.publish();
  driver.set_writable(false);
  const hsize_t length = 64;
  H5Dset_extent(dataset.get(), &length);
  storage.writes.clear();
  H5Fflush(file.get(), H5F_SCOPE_GLOBAL);
  driver.emit();
  EXPECT_TRUE(storage.writes.empty());
  const auto failure = driver.take_failure();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->code(), ErrorCode::internal);
}

TEST_F(TreeDriverTest, NewBlocksAreEmittedBeforeThoseThatPointAtThem) {
  Handle dataset = make_dataset("d");
  const auto add_chunks = [&](hsize_t begin, hsize_t end) {
    for (hsize_t number = begin; number < end; ++number) {
      driver.arm(space.allocate(40), 40);
      ASSERT_GE(add_chunk(dataset, number, 40), 0);
      driver.disarm();
    }
    ASSERT_GE(H5Fflush(file.get(), H5F_SCOPE_GLOBAL), 0);
    driver.emit();
  };
  add_chunks(0, 1);
  driver.publish();
  const std::uint64_t published = space.end();
  storage.writes.clear();
  add_chunks(1, 40);
  std::vector<std::string> old_blocks;
  for (const auto& write : storage.writes) {
    const bool is_old = write.offset < published;
    EXPECT_TRUE(is_old || old_blocks.empty()) << "a new block after an old one";
    if (is_old) old_blocks.emplace_back(reinterpret_cast<const char*>(storage.bytes.data() + write.offset), 4);
  }
  // Of an extensible array the inner block points at data blocks, the header at that; the object header comes last.
  EXPECT_EQ(old_blocks, (std::vector<std::string>{"EAIB", "EAHD", "OHDR"}));
}

/// A new object's header, which comes last among blocks of one age, beside an old leaf that comes first. Also where
/// the new one lies in space that was free, before old ones.
TEST_F(TreeDriverTest, NewHeadersAreEmittedBeforeOldLeaves) {
  const std::uint64_t free_space = space.allocate(8192);
  const std::uint64_t old_from = space.end();
  const Handle old = make_dataset("old");
  driver.arm(space.allocate(40), 40);
  ASSERT_GE(add_chunk(old, 0, 40), 0);
  driver.disarm();
  ASSERT_GE(H5Fflush(file.get(), H5F_SCOPE_GLOBAL), 0);
  driver.emit();
  driver.publish();
  const std::uint64_t published = space.end();
  driver.arm(space.allocate(40), 40);
  ASSERT_GE(add_chunk(old, 1, 40), 0);
  driver.disarm();
  space.free_blocks().add({{free_space, old_from}});
  make_dataset("new");
  storage.writes.clear();
  ASSERT_GE(H5Fflush(file.get(), H5F_SCOPE_GLOBAL), 0);
  driver.emit();
  std::size_t new_headers = 0;
  std::vector<std::string> old_blocks;
  for (const auto& write : storage.writes) {
    const std::string signature(reinterpret_cast<const char*>(storage.bytes.data() + write.offset), 4);
    const bool was_free = write.offset >= free_space && write.offset < old_from;
    if (write.offset < published && !was_free) {
      old_blocks.push_back(signature);
    } else {
      EXPECT_TRUE(old_blocks.empty()) << "a new " << signature << " after an old " << old_blocks.back();
      new_headers += signature == "OHDR" && was_free;
    }
  }
  EXPECT_EQ(new_headers, 1u);
  EXPECT_NE(std::ranges::find(old_blocks, "EAIB"), old_blocks.end()) << "no old leaf was written";
}

TEST_F(TreeDriverTest, FailureOfTheStorageIsKeptForTheCaller) {
  make_dataset("d");
  ASSERT_GE(H5Fflush(file.get(), H5F_SCOPE_GLOBAL), 0);
  storage.fails = true;
  EXPECT_THROW(driver.emit(), Error);
}

}  // namespace
}  // namespace tessera::hdf5
