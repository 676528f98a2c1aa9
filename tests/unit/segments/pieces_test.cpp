#include "segments/pieces.hpp"

#include <gtest/gtest.h>

#include <tessera/error.hpp>

namespace tessera::segments {
namespace {

Coordinates of(std::vector<double> values) {
  const std::uint64_t length = values.size();
  return {"file", true, length, std::move(values)};
}

using Numbers = std::vector<std::uint64_t>;

TEST(Pieces, LieInTheOrderOfTheirCoordinates) {
  const Pieces pieces = pieces_of("/r/z", {of({3, 4, 5}), of({0, 1}), of({7})}, false);
  EXPECT_EQ(pieces.length, 6u);
  EXPECT_EQ(pieces.begin, (Numbers{2, 0, 5}));
  EXPECT_EQ(pieces.count, (Numbers{3, 2, 1}));
}

TEST(Pieces, OfDescendingAxesToo) {
  const Pieces pieces = pieces_of("/r/z", {of({0, -1}), of({3, 2, 1}), of({-7})}, false);
  EXPECT_EQ(pieces.begin, (Numbers{3, 0, 5}));
}

TEST(Pieces, AreTheSameUpToRounding) {
  const Pieces pieces = pieces_of("/r/z", {of({0, 1, 2}), of({1e-12, 1, 2}), of({3, 4, 5})}, false);
  EXPECT_EQ(pieces.length, 6u);
  EXPECT_EQ(pieces.begin, (Numbers{0, 0, 3}));
}

TEST(Pieces, SegmentsWithoutTheDimensionOrWithoutPointsHaveNone) {
  Coordinates none{"other", false, 0, {}};
  const Pieces pieces = pieces_of("/r/time", {none, of({}), of({0, 1})}, false);
  EXPECT_EQ(pieces.length, 2u);
  EXPECT_EQ(pieces.count, (Numbers{0, 0, 2}));
}

TEST(Pieces, ThatOverlapAreRefusedUnlessTheLaterOneCounts) {
  const std::vector<Coordinates> both{of({0, 1, 2, 3}), of({2, 3, 4})};
  EXPECT_THROW(pieces_of("/r/time", both, false), Error);
  const Pieces pieces = pieces_of("/r/time", both, true);
  EXPECT_EQ(pieces.length, 5u);
  EXPECT_EQ(pieces.count, (Numbers{2, 3}));
}

TEST(Pieces, OfAJobThatBeganAgainTheLastOneInTheListCounts) {
  const Pieces pieces = pieces_of("/r/time", {of({0, 1, 2}), of({0, 1, 2, 3})}, true);
  EXPECT_EQ(pieces.length, 4u);
  EXPECT_EQ(pieces.count, (Numbers{0, 4}));
}

TEST(Pieces, OfSegmentsSideBySideWhatAllHaveCounts) {
  std::vector<Coordinates> all{of({0, 1, 2}), of({0, 1, 2, 3}), of({4, 5}), of({4})};
  all[1].place = all[3].place = 1;
  const Pieces pieces = pieces_of("/r/time", all, false);
  EXPECT_EQ(pieces.length, 4u);
  EXPECT_EQ(pieces.begin, (Numbers{0, 0, 3, 3}));
  EXPECT_EQ(pieces.count, (Numbers{3, 3, 1, 1}));
}

TEST(Pieces, AGapThatIsWiderThanTheSpacingIsTold) {
  EXPECT_EQ(pieces_of("/r/z", {of({0, 1, 2}), of({3, 4})}, false).gap, "");
  EXPECT_NE(pieces_of("/r/z", {of({0, 1, 2}), of({7, 8})}, false).gap.find("between 2 ('file') and 7"),
            std::string::npos);
}

TEST(Pieces, WithoutCoordinatesHaveTheSameLength) {
  const Coordinates three{"a", true, 3, {}};
  const Coordinates four{"b", true, 4, {}};
  EXPECT_EQ(pieces_of("/r/n", {three, three}, false).length, 3u);
  try {
    pieces_of("/r/n", {three, four}, false);
    FAIL() << "two lengths";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("'a'"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("'b'"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace tessera::segments
