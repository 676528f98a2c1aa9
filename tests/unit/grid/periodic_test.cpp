#include "grid/periodic.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace tessera::grid {

namespace {

TEST(WrappedParts, ABoxInsideIsOnePart) {
  const Box box{{2, 0}, {5, 4}};
  const auto parts = wrapped_parts(box, {10, 4}, {0, 1});
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].cells, box);
  EXPECT_EQ(parts[0].shift, (Index{0, 0}));
}

TEST(WrappedParts, GhostLayersComeFromTheOtherEnd) {
  const auto parts = wrapped_parts({{-1}, {3}}, {10}, {0});
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].cells, (Box{{9}, {10}}));
  EXPECT_EQ(parts[0].shift, (Index{0}));
  EXPECT_EQ(parts[1].cells, (Box{{0}, {3}}));
  EXPECT_EQ(parts[1].shift, (Index{1}));
}

/// Every cell of the box is in one part, and is the cell of the field that it should be.
TEST(WrappedParts, GoRoundAsOftenAsTheBoxDoes) {
  const Index shape{3, 2, 4};
  const Box box{{-7, 0, 3}, {5, 2, 10}};
  std::vector<int> seen(static_cast<std::size_t>(box.volume()));
  for (const WrappedPart& part : wrapped_parts(box, shape, {2, 0})) {
    EXPECT_TRUE((Box{{0, 0, 0}, shape}).contains(part.cells));
    for (std::int64_t z = part.cells.lower[0]; z < part.cells.upper[0]; ++z) {
      for (std::int64_t y = part.cells.lower[1]; y < part.cells.upper[1]; ++y) {
        for (std::int64_t x = part.cells.lower[2]; x < part.cells.upper[2]; ++x) {
          const std::int64_t i = z - part.cells.lower[0] + part.shift[0];
          const std::int64_t j = y - part.cells.lower[1] + part.shift[1];
          const std::int64_t k = x - part.cells.lower[2] + part.shift[2];
          EXPECT_EQ(((box.lower[0] + i) % 3 + 3) % 3, z);
          EXPECT_EQ(j, y);
          EXPECT_EQ((box.lower[2] + k) % 4, x);
          ++seen[static_cast<std::size_t>((i * 2 + j) * 7 + k)];
        }
      }
    }
  }
  EXPECT_EQ(std::ranges::count(seen, 1), box.volume());
}

TEST(WrappedParts, AnEmptyBoxIsItself) {
  const Box box{{3, 0}, {3, 4}};
  const auto parts = wrapped_parts(box, {10, 4}, {0});
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_TRUE(parts[0].cells.empty());
}

}  // namespace

}  // namespace tessera::grid
