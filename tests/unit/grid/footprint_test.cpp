#include "grid/footprint.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <utility>
#include <vector>

namespace tessera::grid {
namespace {

using Pairs = std::set<std::pair<std::size_t, std::size_t>>;

Pairs shared(const std::vector<Footprint>& footprints) {
  Pairs pairs;
  find_shared(footprints, [&](std::size_t i, std::size_t j) { return pairs.insert(std::minmax(i, j)).second; });
  return pairs;
}

TEST(Footprints, OfADenseArrayAreOnePiece) {
  const Footprint dense = footprint(1000, 8, {4, 3, 5}, {15, 5, 1}, 0);
  EXPECT_EQ(dense.rank, 0U);
  EXPECT_EQ(dense.first, 1000U);
  EXPECT_EQ(dense.end(), 1000U + 4 * 3 * 5 * 8);
  EXPECT_EQ(footprint(1000, 8, {4, 3, 5}, {1, 4, 12}, 0).bytes, dense.bytes) << "in Fortran order";
}

TEST(Footprints, KnowNegativeAndNoStrides) {
  const Footprint down = footprint(1072, 8, {10}, {-1}, 0);
  EXPECT_EQ(down.first, 1000U);
  EXPECT_EQ(down.end(), 1080U);
  EXPECT_EQ(footprint(1000, 8, {100, 100, 3}, {0, 0, 1}, 0).volume(), 24U);
  EXPECT_EQ(footprint(1000, 8, {100, 0}, {1, 1}, 0).bytes, 0U);
}

TEST(SharedMemory, OfComponentsOfAnArrayOfStructsIsNone) {
  std::vector<Footprint> fields;
  for (int component = 0; component < 5; ++component) {
    fields.push_back(footprint(1000 + 8U * static_cast<unsigned>(component), 8, {4, 6, 7}, {210, 35, 5}, component));
  }
  EXPECT_TRUE(shared(fields).empty());
  fields.push_back(footprint(1016, 8, {4, 6, 7}, {210, 35, 5}, 5));
  EXPECT_EQ(shared(fields), (Pairs{{2, 5}}));
  // A vector of three components between two others: 8 + 24 + 8 bytes.
  EXPECT_TRUE(shared({footprint(1000, 8, {42}, {5}, 0), footprint(1008, 8, {42, 3}, {5, 1}, 1),
                      footprint(1032, 8, {42}, {5}, 2)})
                  .empty());
  EXPECT_FALSE(shared({footprint(1024, 8, {42}, {5}, 0), footprint(1008, 8, {42, 3}, {5, 1}, 1)}).empty());
}

TEST(SharedMemory, OfBoxesOfOneArrayIsWhereTheyOverlap) {
  const Index strides{100, 10, 1};
  const auto box = [&](std::uint64_t z, std::uint64_t y, std::uint64_t x, const Index& extents, int owner) {
    return footprint(1000 + 8 * (100 * z + 10 * y + x), 8, extents, strides, owner);
  };
  EXPECT_TRUE(shared({box(0, 0, 0, {5, 10, 10}, 0), box(5, 0, 0, {5, 10, 10}, 1)}).empty());
  EXPECT_TRUE(shared({box(0, 0, 0, {10, 5, 10}, 0), box(0, 5, 0, {10, 5, 10}, 1)}).empty());
  EXPECT_TRUE(shared({box(0, 0, 0, {10, 10, 5}, 0), box(0, 0, 5, {10, 10, 5}, 1)}).empty());
  EXPECT_EQ(shared({box(0, 0, 0, {6, 6, 6}, 0), box(5, 5, 5, {5, 5, 5}, 1)}), (Pairs{{0, 1}}));
}

TEST(SharedMemory, OfOneScratchBufferIsFoundWhateverItsShape) {
  EXPECT_EQ(shared({footprint(1000, 8, {4, 4}, {4, 1}, 0), footprint(1000, 8, {2, 3}, {3, 1}, 1)}), (Pairs{{0, 1}}));
  EXPECT_EQ(shared({footprint(1000, 8, {4, 4}, {4, 1}, 0), footprint(1120, 8, {2, 3}, {3, 1}, 1)}), (Pairs{{0, 1}}));
  EXPECT_TRUE(shared({footprint(1000, 8, {4, 4}, {4, 1}, 0), footprint(1128, 8, {2, 3}, {3, 1}, 1)}).empty());
  EXPECT_EQ(shared({footprint(1000, 8, {4, 4}, {4, 1}, 0), footprint(1004, 4, {2, 3}, {3, 1}, 1)}), (Pairs{{0, 1}}));
}

TEST(SharedMemory, OfOneOwnerHidesNobodyElse) {
  std::vector<Footprint> many(500, footprint(1000, 8, {100}, {1}, 0));
  many.push_back(footprint(1000, 8, {100}, {1}, 1));
  bool found = false;
  find_shared(many, [&](std::size_t i, std::size_t j) {
    found = found || many[i].owner != many[j].owner;
    return true;
  });
  EXPECT_TRUE(found);
}

/// Random small arrays, against the sets of their bytes.
TEST(SharedMemory, IsWhatCountingBytesSays) {
  std::mt19937 engine(7);
  const auto number = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine); };
  const auto bytes_of = [](std::uint64_t address, const Index& extents, const Index& strides) {
    std::set<std::uint64_t> bytes;
    for (std::int64_t i = 0; i < extents[0]; ++i) {
      for (std::int64_t j = 0; j < extents[1]; ++j) {
        for (std::uint64_t byte = 0; byte < 4; ++byte) {
          bytes.insert(address + static_cast<std::uint64_t>(4 * (i * strides[0] + j * strides[1])) + byte);
        }
      }
    }
    return bytes;
  };
  int overlaps = 0;
  for (int round = 0; round < 3000; ++round) {
    Footprint prints[2];
    std::set<std::uint64_t> bytes[2];
    for (int side = 0; side < 2; ++side) {
      const std::uint64_t address = 10000 + static_cast<std::uint64_t>(number(0, 60));
      const Index extents{number(1, 5), number(1, 5)};
      const Index strides{number(-12, 12), number(-4, 4)};
      prints[side] = footprint(address, 4, extents, strides, side);
      bytes[side] = bytes_of(address, extents, strides);
    }
    bool common = false;
    for (const std::uint64_t byte : bytes[0]) common = common || bytes[1].contains(byte);
    overlaps += common ? 1 : 0;
    ASSERT_EQ(share_bytes(prints[0], prints[1], 4096), common) << round;
    ASSERT_EQ(share_bytes(prints[1], prints[0], 4096), common) << round;
  }
  EXPECT_GT(overlaps, 300);
  EXPECT_LT(overlaps, 2700);
}

}  // namespace
}  // namespace tessera::grid
