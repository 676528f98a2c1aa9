#include "grid/merged_boxes.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "decompositions.hpp"

namespace tessera::grid {
namespace {

TEST(MergedBoxes, JoinNeighboursOfOneRank) {
  const auto merged =
      merged_boxes(std::vector<OwnedBox>{{{{2, 0}, {4, 4}}, 0, 1}, {{{4, 0}, {6, 4}}, 1, 0}, {{{0, 0}, {2, 4}}, 0, 0}});
  ASSERT_EQ(merged.size(), 2U);
  EXPECT_EQ(merged[0].box, (Box{{0, 0}, {4, 4}}));
  EXPECT_EQ(merged[0].rank, 0);
  EXPECT_EQ(merged[1].box, (Box{{4, 0}, {6, 4}}));
  EXPECT_EQ(merged[1].rank, 1);
}

TEST(MergedBoxes, JoinARegularDecompositionOfOneRankIntoTheField) {
  auto boxes = blocks({12, 13, 14}, {3, 4, 5});
  for (OwnedBox& box : boxes) box.rank = 7;
  const auto merged = merged_boxes(boxes);
  ASSERT_EQ(merged.size(), 1U);
  EXPECT_EQ(merged[0].box, whole({12, 13, 14}));
}

TEST(MergedBoxes, LeaveOutEmptyBoxes) { EXPECT_TRUE(merged_boxes(std::vector<OwnedBox>{{{{1}, {1}}, 0, 0}}).empty()); }

TEST(MergedBoxes, CoverTheSameCellsInAnyOrder) {
  std::mt19937 random(4);
  for (int round = 0; round < 200; ++round) {
    const Index shape = random_shape(random);
    auto boxes = with_holes(random_cover(shape, 20, 2, random), random);
    const auto merged = merged_boxes(boxes);
    const auto before = painted(shape, boxes);
    const auto after = painted(shape, merged);
    for (std::size_t cell = 0; cell < before.size(); ++cell) {
      ASSERT_EQ(before[cell] < 0, after[cell] < 0);
      if (before[cell] < 0) continue;
      EXPECT_EQ(boxes[static_cast<std::size_t>(before[cell])].rank, merged[static_cast<std::size_t>(after[cell])].rank);
    }
    std::ranges::shuffle(boxes, random);
    EXPECT_EQ(boxes_of(merged_boxes(boxes)), boxes_of(merged));
  }
}

}  // namespace
}  // namespace tessera::grid
