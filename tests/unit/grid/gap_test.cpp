#include <gtest/gtest.h>

#include <algorithm>

#include "decompositions.hpp"
#include "grid/gap.hpp"

namespace tessera::grid {
namespace {

TEST(Gaps, OfHalfAFieldAreTheOtherHalf) {
  const std::vector<OwnedBox> boxes{{{{0, 0}, {5, 4}}, 0, 0}};
  EXPECT_EQ(find_gap(whole({10, 4}), boxes), (Box{{5, 0}, {10, 4}}));
}

TEST(Gaps, OfAnUncoveredFieldAreTheField) {
  EXPECT_EQ(find_gap(whole({10, 4}), {}), whole({10, 4}));
  EXPECT_EQ(find_gap(whole({10, 4}), std::vector<OwnedBox>{{Box{}, 0, 0}}), whole({10, 4}));
}

TEST(Gaps, DoNotExistInTheBlocksOf64Ranks) {
  EXPECT_FALSE(find_gap(whole({64, 64, 64}), blocks({64, 64, 64}, {4, 4, 4})));
  EXPECT_FALSE(find_gap(whole({65, 67, 70}), blocks({65, 67, 70}, {4, 4, 4})));
}

TEST(Gaps, AreTheBlockOfTheRankThatPutNothing) {
  auto boxes = blocks({65, 67, 70}, {4, 4, 4});
  const Box missing = boxes[42].box;
  boxes.erase(boxes.begin() + 42);
  EXPECT_EQ(find_gap(whole({65, 67, 70}), boxes), missing);
}

TEST(Gaps, AreFoundAsSingleCells) {
  auto boxes = blocks({64, 64, 64}, {4, 4, 4});
  boxes[0].box.lower = {0, 0, 15};  // leaves a box of 16 x 16 x 15
  boxes.push_back({{{0, 0, 0}, {16, 16, 14}}, 0, 1});
  boxes.push_back({{{0, 0, 14}, {16, 15, 15}}, 0, 2});
  boxes.push_back({{{1, 15, 14}, {16, 16, 15}}, 0, 3});
  EXPECT_EQ(find_gap(whole({64, 64, 64}), boxes), (Box{{0, 15, 14}, {1, 16, 15}}));
}

/// True when the box, one layer larger on one side, still lies in the field and meets no other box.
bool can_grow(const Box& gap, const Index& shape, const std::vector<OwnedBox>& boxes) {
  const auto is_free = [&](const Box& larger) {
    return whole(shape).contains(larger) &&
           std::ranges::all_of(boxes, [&](const OwnedBox& owned) { return intersection(owned.box, larger).empty(); });
  };
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    Box above = gap;
    Box below = gap;
    above.upper[axis] += 1;
    below.lower[axis] -= 1;
    if (is_free(above) || is_free(below)) return true;
  }
  return false;
}

TEST(Gaps, AreFreeOfBoxesAndCannotGrow) {
  std::mt19937 random(2);
  for (int round = 0; round < 500; ++round) {
    const Index shape = random_shape(random);
    const auto boxes = with_holes(random_cover(shape, 20, 3, random), random);
    const auto colours = painted(shape, boxes);
    const auto gap = find_gap(whole(shape), boxes);
    ASSERT_EQ(gap.has_value(), std::ranges::count(colours, -1) > 0);
    if (!gap) continue;
    EXPECT_FALSE(gap->empty());
    EXPECT_TRUE(whole(shape).contains(*gap));
    for_each_cell(*gap, [&](const Index& cell) {
      EXPECT_EQ(colours[static_cast<std::size_t>(row_major_number(shape, cell))], -1);
    });
    EXPECT_FALSE(can_grow(*gap, shape, boxes));
  }
}

}  // namespace
}  // namespace tessera::grid
