#include "grid/row_major_order.hpp"

#include <gtest/gtest.h>

#include "decompositions.hpp"

namespace tessera::grid {
namespace {

std::int64_t offset_of(const Placement& placement, const Index& cell) {
  std::int64_t offset = placement.offset;
  for (std::size_t axis = 0; axis < cell.size(); ++axis) {
    offset += (cell[axis] - placement.part.lower[axis]) * placement.strides[axis];
  }
  return offset;
}

/// Every covered cell in row-major order has the next offset, in a placement of the box that covers it.
void expect_row_major(const Index& shape, const std::vector<OwnedBox>& boxes,
                      const std::vector<Placement>& placements) {
  const auto colours = painted(shape, boxes);
  std::vector<std::int64_t> offsets(colours.size(), -1);
  for (const Placement& placement : placements) {
    for_each_cell(placement.part, [&](const Index& cell) {
      const auto number = static_cast<std::size_t>(row_major_number(shape, cell));
      ASSERT_EQ(colours[number], static_cast<int>(placement.box));
      ASSERT_EQ(offsets[number], -1) << "two placements of one cell";
      offsets[number] = offset_of(placement, cell);
    });
  }
  std::int64_t next = 0;
  for (std::size_t number = 0; number < colours.size(); ++number) {
    if (colours[number] < 0) continue;
    ASSERT_EQ(offsets[number], next++);
  }
}

TEST(RowMajorOrder, InterleavesColumns) {
  const std::vector<Box> boxes{{{0, 0}, {2, 1}}, {{0, 1}, {2, 3}}};
  const auto placements = row_major_order(boxes);
  ASSERT_EQ(placements.size(), 2U);
  EXPECT_EQ(placements[0].box, 0U);
  EXPECT_EQ(placements[0].part, boxes[0]);
  EXPECT_EQ(placements[0].offset, 0);
  EXPECT_EQ(placements[0].strides, Index({3, 1}));
  EXPECT_EQ(placements[1].box, 1U);
  EXPECT_EQ(placements[1].part, boxes[1]);
  EXPECT_EQ(placements[1].offset, 1);
  EXPECT_EQ(placements[1].strides, Index({3, 1}));
}

TEST(RowMajorOrder, OfOneBoxIsOnePlacementInCOrder) {
  const std::vector<Box> box{{{5, 6, 7}, {7, 9, 11}}};
  const auto placements = row_major_order(box);
  ASSERT_EQ(placements.size(), 1U);
  EXPECT_EQ(placements[0].part, box[0]);
  EXPECT_EQ(placements[0].offset, 0);
  EXPECT_EQ(placements[0].strides, Index({12, 4, 1}));
}

TEST(RowMajorOrder, OfNothingIsNothing) {
  EXPECT_TRUE(row_major_order({}).empty());
  EXPECT_TRUE(row_major_order(std::vector<Box>{Box{}, {{3, 3}, {3, 9}}}).empty());
}

TEST(RowMajorOrder, LeavesOutEmptyBoxesButKeepsTheNumbers) {
  const auto placements = row_major_order(std::vector<Box>{{{0, 0}, {0, 4}}, {{2, 0}, {4, 4}}});
  ASSERT_EQ(placements.size(), 1U);
  EXPECT_EQ(placements[0].box, 1U);
}

TEST(RowMajorOrder, OfARegularDecompositionIsOnePlacementPerBox) {
  const auto boxes = blocks({8, 12, 10}, {4, 4, 4});
  const auto placements = row_major_order(boxes_of(boxes));
  EXPECT_EQ(placements.size(), 64U);
  expect_row_major({8, 12, 10}, boxes, placements);
}

TEST(RowMajorOrder, SplitsABoxOnlyWhereItsNeighboursChangeTheRow) {
  // A tall box beside boxes that end at row 2: rows of 3 cells, then of 1.
  const std::vector<OwnedBox> boxes{{{{0, 0}, {4, 1}}, 0, 0}, {{{0, 1}, {1, 3}}, 0, 1}, {{{1, 1}, {2, 3}}, 0, 2}};
  const auto placements = row_major_order(boxes_of(boxes));
  EXPECT_EQ(placements.size(), 4U);
  expect_row_major({4, 3}, boxes, placements);
}

TEST(RowMajorOrder, ComesInTheOrderOfOffsets) {
  const auto placements = row_major_order(boxes_of(blocks({7, 9}, {2, 3})));
  for (std::size_t i = 1; i < placements.size(); ++i) EXPECT_LT(placements[i - 1].offset, placements[i].offset);
}

TEST(RowMajorOrder, IsThatOfTheCellsForRandomBoxes) {
  std::mt19937 random(3);
  for (int round = 0; round < 500; ++round) {
    const Index shape = random_shape(random);
    const auto cover = random_cover(shape, 1 + round % 30, 1, random);
    const auto boxes = round % 2 == 0 ? cover : with_holes(cover, random);
    expect_row_major(shape, boxes, row_major_order(boxes_of(boxes)));
    if (HasFatalFailure()) FAIL() << "round " << round << ", shape " << to_string(shape);
  }
}

TEST(RowMajorOrder, HandlesThousandsOfBoxes) {
  EXPECT_EQ(row_major_order(boxes_of(blocks({1000, 1000, 1000}, {20, 20, 20}))).size(), 8000U);
}

}  // namespace
}  // namespace tessera::grid
