#include <tessera/box.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace tessera {
namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

TEST(Boxes, AreHalfOpen) {
  const Box upper_half{{0, 0}, {5, 4}};
  const Box lower_half{{5, 0}, {10, 4}};
  EXPECT_EQ(upper_half.volume(), 20);
  EXPECT_EQ(upper_half.extents(), Index({5, 4}));
  EXPECT_TRUE(intersection(upper_half, lower_half).empty());
}

TEST(Boxes, BeginAtALowerCornerAndHaveExtents) { EXPECT_EQ(Box::at({5, 1}, {2, 3}), (Box{{5, 1}, {7, 4}})); }

TEST(Boxes, AreEmptyByDefault) {
  EXPECT_TRUE(Box().empty());
  EXPECT_EQ(Box().rank(), 0U);
}

TEST(Boxes, AreEmptyWhenOneAxisIs) {
  EXPECT_TRUE((Box{{0, 3}, {5, 3}}).empty());
  EXPECT_TRUE((Box{{0, 3}, {5, 1}}).empty());
  EXPECT_EQ((Box{{0, 3}, {5, 1}}).extents(), Index({5, 0}));
}

TEST(Boxes, EndAtTheLargestIntegerWhereTheirExtentsGoBeyond) {
  EXPECT_EQ(Box::at({5, 1}, {largest, 3}), (Box{{5, 1}, {largest, 4}}));
  EXPECT_EQ(Box::at({-5}, {-largest}), (Box{{-5}, {-largest - 1}}));
}

TEST(Boxes, VolumeStopsAtTheLargestInteger) {
  EXPECT_EQ((Box{{0, 0}, {largest, 2}}).volume(), largest);
  EXPECT_EQ((Box{{-largest}, {largest}}).volume(), largest);
  EXPECT_EQ((Box{{0, 0, 0}, {largest, largest, 0}}).volume(), 0);
  EXPECT_EQ((Box{{0, 0}, {std::int64_t{1} << 31, std::int64_t{1} << 31}}).volume(), std::int64_t{1} << 62);
}

TEST(Boxes, ContainWhatLiesInside) {
  const Box field{{0, 0}, {10, 4}};
  EXPECT_TRUE(field.contains(field));
  EXPECT_TRUE(field.contains({{2, 1}, {10, 4}}));
  EXPECT_FALSE(field.contains({{2, 1}, {11, 4}}));
  EXPECT_FALSE(field.contains({{-1, 1}, {1, 2}}));
  EXPECT_FALSE(field.contains({{0}, {1}}));
}

TEST(Boxes, ContainEveryEmptyBox) {
  const Box field{{0, 0}, {10, 4}};
  EXPECT_TRUE(field.contains({{99, 0}, {99, 4}}));
  EXPECT_TRUE(field.contains(Box()));
}

TEST(Boxes, IntersectInTheirCommonCells) {
  EXPECT_EQ(intersection({{0, 0}, {6, 4}}, {{4, 2}, {10, 9}}), (Box{{4, 2}, {6, 4}}));
  const Box apart = intersection({{0, 0}, {2, 4}}, {{5, 0}, {9, 4}});
  EXPECT_TRUE(apart.empty());
  EXPECT_EQ(apart.extents(), Index({0, 4}));
}

TEST(Boxes, ReadAsPythonSlices) {
  EXPECT_EQ(to_string(Box{{0, 0}, {5, 4}}), "[0:5, 0:4]");
  EXPECT_EQ(to_string(Box{{3}, {5}}), "[3:5]");
}

TEST(Indices, ReadAsNumPyShapes) {
  EXPECT_EQ(to_string(Index{10, 4}), "(10, 4)");
  EXPECT_EQ(to_string(Index{10}), "(10,)");
  EXPECT_EQ(to_string(Index{}), "()");
}

}  // namespace
}  // namespace tessera
