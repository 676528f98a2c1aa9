#include "pipeline/rank_extents.hpp"

#include <gtest/gtest.h>

#include <array>

using tessera::hdf5::Extent;
using tessera::pipeline::RankExtents;

namespace {

TEST(RankExtents, GivesEachByteOnceAtMultiplesOfEight) {
  RankExtents extents;
  extents.add({800, 864});
  EXPECT_EQ(extents.take(3), 800u);
  EXPECT_EQ(extents.take(17), 808u);
  EXPECT_EQ(extents.largest_size(), 32u);
  EXPECT_EQ(extents.take(33), std::nullopt);
  EXPECT_EQ(extents.take(32), 832u);
  EXPECT_EQ(extents.take(1), std::nullopt);
}

TEST(RankExtents, JoinsWhatFollowsTheLastOne) {
  RankExtents extents;
  extents.add({80, 96});
  extents.add({96, 160});
  EXPECT_EQ(extents.take(80), 80u);
  extents.add({200, 200});
  EXPECT_EQ(extents.largest_size(), 0u);
}

TEST(RankExtents, TakesTheFirstThatIsLargeEnough) {
  RankExtents extents;
  extents.add({0, 16});
  extents.add({80, 160});
  EXPECT_EQ(extents.take(40), 80u);
  EXPECT_EQ(extents.take(16), 0u);
  extents.add({400, 408});
  std::array<Extent, 3> parts;
  extents.largest(parts);
  EXPECT_EQ(parts, (std::array<Extent, 3>{Extent{120, 160}, Extent{400, 408}, Extent{}}));
  extents.clear();
  extents.largest(parts);
  EXPECT_EQ(parts, (std::array<Extent, 3>{}));
}

}  // namespace
