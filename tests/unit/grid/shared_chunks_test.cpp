#include "shared_chunks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/extents.hpp"
#include "decompositions.hpp"

namespace tessera::grid {
namespace {

TEST(ChunkCounts, IncludeEdgeChunks) {
  EXPECT_EQ(count_chunks({10, 4}, {4, 4}), 3);
  EXPECT_EQ(count_chunks({8, 4}, {4, 4}), 2);
  EXPECT_EQ(count_chunks({1000000, 1000000}, {1, 1}), 1000000000000);
}

TEST(SharedChunks, AreThoseThatAFaceCuts) {
  const std::vector<OwnedBox> boxes{{{{0, 0}, {6, 4}}, 0, 0}, {{{6, 0}, {10, 4}}, 1, 0}};
  EXPECT_EQ(count_shared_chunks({10, 4}, {4, 4}, boxes), 1);
  EXPECT_EQ(count_shared_chunks({10, 4}, {2, 4}, boxes), 0);
  EXPECT_EQ(count_shared_chunks({10, 4}, {10, 1}, boxes), 4);
}

TEST(SharedChunks, AreSharedByRanksNotByBoxes) {
  const std::vector<OwnedBox> boxes{{{{0}, {6}}, 5, 0}, {{{6}, {10}}, 5, 1}};
  EXPECT_EQ(count_shared_chunks({10}, {4}, boxes), 0);
}

TEST(SharedChunks, DoNotExistWithoutBoxes) { EXPECT_EQ(count_shared_chunks({10}, {4}, {}), 0); }

TEST(SharedChunks, OfATrillionCellsAreCounted) {
  const Index shape{10000, 10000, 10000};
  EXPECT_EQ(count_shared_chunks(shape, {50, 50, 50}, blocks(shape, {40, 50, 40})), 0);
  // Faces at 1250, 2500, ..., 8750: chunks of 60 end at 7500 only, so 6 layers of 200 x 200 chunks are shared.
  EXPECT_EQ(count_shared_chunks(shape, {60, 50, 50}, blocks(shape, {8, 1, 1})), 6 * 200 * 200);
}

TEST(SharedChunks, OfTwoHundredThousandBoxesAreCounted) {
  // Of 59 faces per axis, at multiples of 100, 40 are no multiples of 30: 160 of 200 layers of chunks are whole.
  const Index shape{6000, 6000, 6000};
  const auto boxes = blocks(shape, {60, 60, 60});
  EXPECT_EQ(count_shared_chunks(shape, {30, 30, 30}, boxes), 200 * 200 * 200 - 160 * 160 * 160);
}

std::int64_t counted_cell_by_cell(const Index& shape, const Index& chunk, const std::vector<OwnedBox>& boxes) {
  std::map<std::vector<std::int64_t>, std::set<int>> ranks_of_chunk;
  for (const OwnedBox& owned : boxes) {
    for_each_cell(owned.box, [&](const Index& cell) {
      std::vector<std::int64_t> place;
      for (std::size_t axis = 0; axis < shape.size(); ++axis) place.push_back(cell[axis] / chunk[axis]);
      ranks_of_chunk[place].insert(owned.rank);
    });
  }
  return std::ranges::count_if(ranks_of_chunk, [](const auto& entry) { return entry.second.size() > 1; });
}

TEST(SharedChunks, AreCountedAsCellByCell) {
  std::mt19937 random(5);
  for (int round = 0; round < 500; ++round) {
    const Index shape = random_shape(random);
    const auto cover = random_cover(shape, 1 + round % 15, 4, random);
    const auto boxes = round % 2 == 0 ? cover : with_holes(cover, random);
    Index chunk = shape;
    for (std::int64_t& extent : chunk) extent = std::uniform_int_distribution<std::int64_t>(1, extent)(random);
    ASSERT_EQ(count_shared_chunks(shape, chunk, boxes), counted_cell_by_cell(shape, chunk, boxes))
        << to_string(shape) << " in chunks of " << to_string(chunk);
  }
}

}  // namespace
}  // namespace tessera::grid
