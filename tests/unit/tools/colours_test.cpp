#include "tools/plot/colours.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tools/plot/raster.hpp"

using namespace tessera::tools;

TEST(Viridis, BeginsAndEndsAsItDoesElsewhere) {
  EXPECT_EQ(viridis(0), (Colour{68, 1, 84}));
  EXPECT_EQ(viridis(0.5), (Colour{33, 145, 140}));
  EXPECT_EQ(viridis(1), (Colour{253, 231, 37}));
  EXPECT_EQ(viridis(-1), viridis(0));
  EXPECT_EQ(viridis(2), viridis(1));
}

TEST(Place, HoldsForAnyRange) {
  EXPECT_EQ(place_in({2, 4}, 3), 0.5);
  EXPECT_EQ(place_in({2, 2}, 2), 0);
  const double most = std::numeric_limits<double>::max();
  EXPECT_EQ(place_in({-most, most}, 0), 0.5);
  EXPECT_EQ(colour_of({0, 1}, NAN), not_finite);
}

TEST(Raster, HasTheLastRowAboveAndMeansOfCells) {
  Slice slice;
  slice.across.places = {0, 1, 2, 3};
  slice.up = PlotAxis{"y", "", {0, 1}};
  slice.values = {1, 2, 3, 4, 5, 6, NAN, 8};
  const Raster same = raster_of(slice, 4, 2);
  EXPECT_EQ(same.at(0, 0), 5);
  EXPECT_EQ(same.at(0, 1), 1);
  const Raster coarse = raster_of(slice, 2, 1);
  EXPECT_EQ(coarse.at(0, 0), 3.5);
  EXPECT_EQ(coarse.at(1, 0), 5);
  EXPECT_EQ(raster_of(slice, 8, 4).at(7, 3), 4);
}
