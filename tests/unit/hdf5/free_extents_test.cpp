#include "hdf5/free_extents.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "hdf5/block_list.hpp"
#include "hdf5/free_record.hpp"

namespace tessera::hdf5 {
namespace {

using Clock = FreeExtents::Clock;
using std::chrono::seconds;
using ExtentList = std::vector<Extent>;

const Clock::time_point start{seconds(1000)};

TEST(FreeExtentsTest, NeighboursBecomeOne) {
  EXPECT_EQ(joined({{8192, 8200}, {4096, 5000}, {5000, 6001}, {6008, 7000}, {9000, 9000}}, 8),
            (ExtentList{{4096, 7000}, {8192, 8200}}));
  // In files of others something small may lie there.
  EXPECT_EQ(joined({{6008, 7000}, {5000, 6001}, {4096, 5000}}, 1), (ExtentList{{4096, 6001}, {6008, 7000}}));
  // Room for a block that begins at a multiple of 8.
  EXPECT_EQ(joined({{4096, 5000}, {5008, 6000}}, 8), (ExtentList{{4096, 5000}, {5008, 6000}}));
}

TEST(FreeExtentsTest, TheLargestIsGivenOnceReadersAreGone) {
  FreeExtents free;
  EXPECT_FALSE(free.largest(start, seconds(0)));
  free.add({{4096, 5000}, {8003, 10000}}, start, 8);
  EXPECT_FALSE(free.largest(start + seconds(1), seconds(2)));
  EXPECT_EQ(free.largest(start + seconds(2), seconds(2)), (Extent{8008, 10000}));
  free.add({{20000, 30000}}, start + seconds(2), 8);
  EXPECT_EQ(free.largest(start + seconds(3), seconds(2)), (Extent{8008, 10000})) << "the larger one is younger";
  free.nobody_reads();
  EXPECT_EQ(free.largest(start + seconds(3), seconds(2)), (Extent{20000, 30000}));
  EXPECT_EQ(free.bytes(), 904u + 1997u + 10000u);
}

TEST(FreeExtentsTest, WhatJoinsAYoungerOneIsAsYoung) {
  FreeExtents free;
  free.add({{4096, 5000}}, start, 8);
  free.add({{5000, 6000}}, start + seconds(5), 8);
  EXPECT_FALSE(free.largest(start + seconds(6), seconds(2)));
  EXPECT_EQ(free.largest(start + seconds(7), seconds(2)), (Extent{4096, 6000}));
}

TEST(FreeExtentsTest, WhatIsUsedIsNotFree) {
  FreeExtents free;
  free.add({{4096, 5000}, {6000, 7000}}, start, 8);
  free.remove({4096, 4200});
  free.remove({6400, 6500});
  free.remove({5000, 6000});
  EXPECT_EQ(free.all(), (ExtentList{{4200, 5000}, {6000, 6400}, {6500, 7000}}));
  free.remove({4096, 7000});
  EXPECT_EQ(free.bytes(), 0u);
}

FreeRecord record_of(ExtentList chunks) { return {std::move(chunks), {}}; }

ExtentList chunks_of(const FreeRecord::Bytes& bytes, std::uint64_t end) {
  const auto record = FreeRecord::read(bytes, end);
  return record ? record->chunks : ExtentList{{0, 0}};
}

TEST(FreeRecordTest, ReadsWhatWasWritten) {
  const FreeRecord record = record_of({{8192, 9000}, {10000, std::uint64_t{1} << 40}});
  EXPECT_EQ(FreeRecord::read(record.bytes(), std::uint64_t{1} << 40), record);
  EXPECT_EQ(FreeRecord::read(FreeRecord().bytes(), 16384), FreeRecord());
  EXPECT_EQ(FreeRecord::read(FreeRecord::Bytes{}, 16384), std::nullopt) << "a file of another program";
}

TEST(FreeRecordTest, OfManyTheLargest) {
  ExtentList extents;
  for (std::uint64_t i = 0; i < 1000; ++i) extents.push_back({8192 + i * 4000, 8192 + i * 4000 + 1 + i});
  const ExtentList read = chunks_of(record_of(extents).bytes(), std::uint64_t{1} << 40);
  EXPECT_GT(read.size(), 100u);
  EXPECT_EQ(read, ExtentList(extents.end() - static_cast<std::ptrdiff_t>(read.size()), extents.end()));
}

TEST(FreeRecordTest, DamagedItNamesNothing) {
  const FreeRecord::Bytes right = record_of({{8192, 9000}, {10000, 11000}}).bytes();
  for (std::size_t at = 8; at < 24 + 2 * 16; ++at) {
    FreeRecord::Bytes bytes = right;
    bytes[at] ^= std::byte{4};
    EXPECT_EQ(chunks_of(bytes, 16384), ExtentList()) << "byte " << at;
  }
  EXPECT_EQ(chunks_of(right, 10999), ExtentList()) << "beyond the file's end";
  EXPECT_EQ(chunks_of(record_of({{4096, 9000}}).bytes(), 16384), ExtentList()) << "over the record";
  EXPECT_EQ(chunks_of(record_of({{10000, 11000}, {9000, 10500}}).bytes(), 16384), ExtentList()) << "in disorder";
}

const TreeRecord two_trees{14000, {{8192, 9000}}, {{9400, {{9400, 9600}, {12000, 13000}}}, {10000, {{10000, 11000}}}}};

TEST(TreeRecordTest, IsTheOtherHalf) {
  const FreeRecord record{{{15000, 16000}}, two_trees};
  EXPECT_EQ(FreeRecord::read(record.bytes(), 16384), record);
  const auto read = FreeRecord::read(record.bytes(), 15999);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->chunks, ExtentList());
  EXPECT_EQ(read->trees, two_trees);
  EXPECT_FALSE(FreeRecord::read(record.bytes(), 13999)->trees) << "of a state whose superblock was lost";
}

TEST(TreeRecordTest, TellsWhatATreeDoesNotHave) {
  EXPECT_EQ(two_trees.free_under(9400), (ExtentList{{8192, 9000}, {10000, 11000}}));
  EXPECT_EQ(two_trees.free_under(10000), (ExtentList{{8192, 9000}, {9400, 9600}, {12000, 13000}}));
  EXPECT_EQ(two_trees.tree(9408), nullptr);
}

TEST(TreeRecordTest, DamagedItSaysNothing) {
  const FreeRecord::Bytes right = FreeRecord{{}, two_trees}.bytes();
  const auto read = [](const FreeRecord::Bytes& bytes) { return FreeRecord::read(bytes, 16384)->trees; };
  EXPECT_EQ(read(right), two_trees);
  constexpr std::size_t used = (4 + 2 * 2 + 4 * 2) * 8;
  for (std::size_t at = 3072; at < 3072 + used; ++at) {
    FreeRecord::Bytes bytes = right;
    bytes[at] ^= std::byte{1};
    EXPECT_FALSE(read(bytes)) << "byte " << at;
    bytes[at] = std::byte{0xff};
    EXPECT_FALSE(right[at] != std::byte{0xff} && read(bytes)) << "byte " << at;
  }
  TreeRecord twice = two_trees;
  twice.unused.push_back({12500, 14000});
  EXPECT_FALSE(read(FreeRecord{{}, twice}.bytes())) << "an extent of two";
  TreeRecord beyond = two_trees;
  beyond.unused.push_back({16000, 16392});
  EXPECT_FALSE(read(FreeRecord{{}, beyond}.bytes()));
}

/// A writer that knew of chunks alone had place for more of them.
TEST(TreeRecordTest, IsNotThereWhereChunksGoOn) {
  FreeRecord::Bytes bytes = record_of({}).bytes();
  for (std::size_t at = 3072; at < bytes.size(); ++at) bytes[at] = static_cast<std::byte>(at % 8 < 3 ? at % 251 : 0);
  const auto record = FreeRecord::read(bytes, 16384);
  ASSERT_TRUE(record);
  EXPECT_FALSE(record->trees);
}

TEST(TreeRecordTest, OfManyTheLargest) {
  TreeRecord many;
  for (std::uint64_t i = 0; i < 300; ++i) many.unused.push_back({8192 + i * 4000, 8192 + i * 4000 + 8 * (1 + i)});
  many.trees = {{100, {}}, {200, {{std::uint64_t{1} << 30, std::uint64_t{1} << 31}}}};
  const auto record = FreeRecord::read(FreeRecord{{}, many}.bytes(), std::uint64_t{1} << 40);
  ASSERT_TRUE(record && record->trees);
  EXPECT_EQ(record->trees->trees, many.trees);
  const ExtentList& left = record->trees->unused;
  EXPECT_GT(left.size(), 50u);
  EXPECT_EQ(left, ExtentList(many.unused.end() - static_cast<std::ptrdiff_t>(left.size()), many.unused.end()));
}

TEST(BlockListTest, BlocksGrowAndAreTakenBack) {
  BlockList blocks;
  blocks.add(8192, 8300);
  blocks.add(8304, 8400);
  blocks.add(9000, 9100);
  blocks.lengthen(9100, 9200);
  EXPECT_EQ(blocks.extents(), (ExtentList{{8192, 8400}, {9000, 9200}}));
  blocks.forget_behind(9008);
  EXPECT_EQ(blocks.extents(), (ExtentList{{8192, 8400}, {9000, 9008}}));
  blocks.forget_behind(9000);
  EXPECT_EQ(blocks.extents(), (ExtentList{{8192, 8400}}));
}

TEST(BlockPoolTest, GivesEachByteOnce) {
  BlockPool pool;
  pool.add({{8195, 8300}, {9000, 9100}});
  EXPECT_EQ(pool.bytes(), 96u + 96u) << "whole multiples of 8";
  EXPECT_EQ(pool.take(90), 8200u);
  EXPECT_EQ(pool.take(50), 9000u);
  EXPECT_EQ(pool.take(48), std::nullopt);
  EXPECT_EQ(pool.take(40), 9056u);
  EXPECT_EQ(pool.take(1), std::nullopt);
  EXPECT_EQ(pool.take(0), std::nullopt);
}

TEST(BlockPoolTest, ForgetsWhatLiesBehind) {
  BlockPool pool;
  pool.add({{8192, 8300}, {9000, 9104}, {9200, 9300}});
  EXPECT_EQ(pool.largest(), 104u);
  pool.forget_behind(9008);
  EXPECT_EQ(pool.extents(), (std::vector<Extent>{{8192, 8296}, {9000, 9008}}));
  pool.forget_behind(0);
  EXPECT_EQ(pool.largest(), 0u);
}

}  // namespace
}  // namespace tessera::hdf5
