#include "hdf5/free_extents.hpp"

#include <gtest/gtest.h>

#include <cstring>

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

TEST(FreeRecordTest, ReadsWhatWasWritten) {
  const ExtentList extents{{8192, 9000}, {10000, std::uint64_t{1} << 40}};
  EXPECT_EQ(FreeRecord::read(FreeRecord::bytes_of(extents), std::uint64_t{1} << 40), extents);
  EXPECT_EQ(FreeRecord::read(FreeRecord::bytes_of({}), 16384), ExtentList());
  EXPECT_EQ(FreeRecord::read(FreeRecord::Bytes{}, 16384), std::nullopt) << "a file of another program";
}

TEST(FreeRecordTest, OfManyTheLargest) {
  ExtentList extents;
  for (std::uint64_t i = 0; i < 1000; ++i) extents.push_back({8192 + i * 4000, 8192 + i * 4000 + 1 + i});
  const auto read = FreeRecord::read(FreeRecord::bytes_of(extents), std::uint64_t{1} << 40);
  ASSERT_TRUE(read);
  EXPECT_GT(read->size(), 200u);
  EXPECT_EQ(*read, ExtentList(extents.end() - static_cast<std::ptrdiff_t>(read->size()), extents.end()));
}

TEST(FreeRecordTest, DamagedItNamesNothing) {
  const ExtentList extents{{8192, 9000}, {10000, 11000}};
  const FreeRecord::Bytes right = FreeRecord::bytes_of(extents);
  for (std::size_t at = 8; at < 24 + 2 * 16; ++at) {
    FreeRecord::Bytes bytes = right;
    bytes[at] ^= std::byte{4};
    EXPECT_EQ(FreeRecord::read(bytes, 16384), ExtentList()) << "byte " << at;
  }
  EXPECT_EQ(FreeRecord::read(right, 10999), ExtentList()) << "beyond the file's end";
  EXPECT_EQ(FreeRecord::read(FreeRecord::bytes_of({{4096, 9000}}), 16384), ExtentList()) << "over the record";
  EXPECT_EQ(FreeRecord::read(FreeRecord::bytes_of({{10000, 11000}, {9000, 10500}}), 16384), ExtentList())
      << "in disorder";
}

}  // namespace
}  // namespace tessera::hdf5
