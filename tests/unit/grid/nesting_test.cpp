#include "grid/nesting.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

using tessera::Box;
using tessera::Index;
using tessera::grid::find_uncovered;

namespace {

/// Cells that are in a box.
bool has(const std::vector<Box>& boxes, std::int64_t y, std::int64_t x) {
  for (const Box& box : boxes) {
    if (box.contains(Box::at({y, x}, {1, 1}))) return true;
  }
  return false;
}

bool is_covered(const Box& box, const std::vector<Box>& cover) {
  for (std::int64_t y = box.lower[0]; y < box.upper[0]; ++y) {
    for (std::int64_t x = box.lower[1]; x < box.upper[1]; ++x) {
      if (!has(cover, y, x)) return false;
    }
  }
  return true;
}

TEST(Nesting, FindsTheFirstBoxThatSticksOut) {
  const std::vector<Box> cover{{{0, 0}, {4, 4}}, {{0, 4}, {2, 8}}};
  EXPECT_EQ(find_uncovered(std::vector<Box>{{{0, 0}, {2, 8}}, {{1, 1}, {4, 4}}}, cover), std::nullopt);
  EXPECT_EQ(find_uncovered(std::vector<Box>{{{0, 0}, {2, 8}}, {{1, 1}, {4, 5}}}, cover), 1);
  EXPECT_EQ(find_uncovered(std::vector<Box>(), cover), std::nullopt);
  EXPECT_EQ(find_uncovered(cover, std::vector<Box>()), 0);
}

/// Covers of random tiles, some of them left out, against a look at each cell.
TEST(Nesting, IsWhatCellsSay) {
  std::mt19937 random(7);
  const auto up_to = [&](std::int64_t most) { return static_cast<std::int64_t>(random()) % (most + 1); };
  int covered = 0;
  for (int round = 0; round < 300; ++round) {
    std::vector<Box> cover;
    for (std::int64_t y = 0; y < 12;) {
      const std::int64_t height = 1 + up_to(4);
      for (std::int64_t x = 0; x < 12;) {
        const std::int64_t width = 1 + up_to(6);
        if (up_to(9) > 0) cover.push_back(Box::at({y, x}, {height, width}));
        x += width;
      }
      y += height;
    }
    const Box box = Box::at({up_to(8), up_to(8)}, {1 + up_to(5), 1 + up_to(5)});
    const bool expected = is_covered(box, cover);
    covered += expected ? 1 : 0;
    ASSERT_EQ(find_uncovered(std::vector<Box>{box}, cover).has_value(), !expected) << to_string(box);
  }
  EXPECT_GT(covered, 30);
  EXPECT_LT(covered, 270);
}

/// A box that is far larger than all of the cover; and one of the cover that is far larger than the others.
TEST(Nesting, EndsSoonForBoxesOfAllSizes) {
  const std::int64_t edge = 1 << 20;
  const std::vector<Box> far{{{0, 0, 0}, {edge, edge, edge}}};
  EXPECT_EQ(find_uncovered(far, std::vector<Box>{{{0, 0, 0}, {2, 2, 2}}}), 0);
  const std::int64_t n = 200;
  std::vector<Box> cover{{{8 * n, 0}, {16 * n, 8 * n}}};
  std::vector<Box> boxes;
  for (std::int64_t y = 0; y < n; ++y) {
    for (std::int64_t x = 0; x < n; ++x) {
      cover.push_back(Box::at({8 * y, 8 * x}, {8, 8}));
      boxes.push_back(Box::at({8 * y, 8 * x}, {2, 2}));
    }
  }
  EXPECT_EQ(find_uncovered(boxes, cover), std::nullopt);
  EXPECT_EQ(find_uncovered(std::vector<Box>{{{0, 0}, {16 * n, 8 * n}}}, cover), std::nullopt);
  cover.erase(cover.begin() + 1 + 100 * n);
  EXPECT_EQ(find_uncovered(boxes, cover), 100 * n);
}

}  // namespace
