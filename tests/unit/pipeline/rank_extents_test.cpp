#include "pipeline/rank_extents.hpp"

#include <gtest/gtest.h>

#include <array>

using tessera::hdf5::Extent;
using tessera::pipeline::exact_fit;
using tessera::pipeline::Piece;
using tessera::pipeline::RankExtents;

namespace {

TEST(RankExtents, GivesEachByteOnceAtMultiplesOfEight) {
  RankExtents extents;
  extents.add({800, 864});
  EXPECT_EQ(extents.take(3), 800u);
  EXPECT_EQ(extents.take(17), 808u);
  EXPECT_EQ(extents.bytes(), 32u);
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
  EXPECT_EQ(extents.bytes(), 0u);
}

TEST(RankExtents, TakesTheSmallestThatIsLargeEnough) {
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

TEST(RankExtents, TakesAsManyAsFollowEachOther) {
  RankExtents extents;
  extents.add({0, 24});
  extents.add({80, 160});
  std::array<Piece, 4> pieces{{{9, 0}, {10, 1}, {30, 2}, {39, 3}}};
  auto run = extents.take_run(pieces);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->address, 0u);
  EXPECT_EQ(run->count, 2u);
  run = extents.take_run(std::span(pieces).subspan(2));
  ASSERT_TRUE(run);
  EXPECT_EQ(run->address, 80u);
  EXPECT_EQ(run->count, 2u);
  EXPECT_FALSE(extents.take_run(pieces));
  EXPECT_EQ(extents.bytes(), 8u);
}

/// Pieces of 80 to 120 bytes: a rest of 160 to 360 can be filled with them, one of 128 not.
TEST(RankExtents, LeavesWhatCanBeFilled) {
  RankExtents extents;
  extents.expect_pieces(80, 120);
  extents.add({0, 216});
  extents.add({1000, 2000});
  EXPECT_EQ(extents.take(88), 1000u) << "128 would be left of the first part";
  EXPECT_EQ(extents.take(104), 0u) << "one of 112 fills the rest";
  EXPECT_EQ(extents.take(80), 1088u) << "which waits for it";
  EXPECT_EQ(extents.take(112), 104u);
}

TEST(RankExtents, StopsARunWhereTheRestCanBeFilled) {
  RankExtents extents;
  extents.expect_pieces(80, 120);
  extents.add({0, 320});
  std::array<Piece, 3> pieces{{{120, 0}, {80, 1}, {80, 2}}};
  const auto run = extents.take_run(pieces);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->count, 2u) << "120 are left, with the third only 40";
}

TEST(RankExtents, FillsWhatIsLeftWithThePiecesThatFit) {
  RankExtents extents;
  extents.expect_pieces(80, 128);
  extents.add({0, 232});
  extents.add({1000, 2000});
  std::array<Piece, 4> pieces{{{80, 0}, {96, 1}, {128, 2}, {104, 3}}};
  auto run = extents.take_run(pieces);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->address, 0u);
  ASSERT_EQ(run->count, 2u);
  EXPECT_EQ(pieces[0].number, 2u) << "128 and 104";
  EXPECT_EQ(pieces[1].number, 3u);
  EXPECT_EQ(pieces[2].number, 0u) << "the others stay in order";
  run = extents.take_run(std::span(pieces).subspan(2));
  ASSERT_TRUE(run);
  EXPECT_EQ(run->address, 1000u);
  EXPECT_EQ(run->count, 2u);
}

/// A crumb of pieces as large as the largest is room for many small ones: these are written at once.
TEST(RankExtents, SmallPiecesAreNotWrittenByThrees) {
  RankExtents extents;
  extents.expect_pieces(8, 3200);
  extents.add({0, 96});
  std::array<Piece, 12> pieces{};
  for (std::size_t i = 0; i < pieces.size(); ++i) pieces[i] = {8, i};
  const auto run = extents.take_run(pieces);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->count, 12u);
}

/// What is left of a part may be a crumb and yet be enough for a piece that is not among those looked at.
TEST(RankExtents, ARunIsNeverEmpty) {
  RankExtents extents;
  extents.expect_pieces(8, 3200);
  extents.add({0, 40});
  extents.add({1000, 100000});
  std::array<Piece, 20> pieces{};
  for (std::size_t i = 0; i < pieces.size(); ++i) pieces[i] = {i < 19 ? 3200u : 8u, i};
  const auto run = extents.take_run(pieces);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->address, 1000u);
  EXPECT_EQ(run->count, 20u);
}

TEST(ExactFit, IsTheBestChoiceOfUpToThree) {
  const std::array<Piece, 5> pieces{{{50, 0}, {31, 1}, {30, 2}, {20, 3}, {7, 4}}};
  const auto sum = [&](std::uint64_t space) {
    const auto fit = exact_fit(pieces, space);
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < fit.count; ++i) bytes += pieces[fit.which[i]].bytes;
    EXPECT_EQ(bytes + fit.rest, space);
    return bytes;
  };
  EXPECT_EQ(sum(6), 0u);
  EXPECT_EQ(sum(7), 7u);
  EXPECT_EQ(sum(49), 38u);
  EXPECT_EQ(sum(57), 57u);
  EXPECT_EQ(sum(58), 58u) << "31, 20 and 7";
  EXPECT_EQ(sum(1000), 111u);
}

TEST(RankExtents, FewPartsWait) {
  RankExtents extents;
  extents.expect_pieces(80, 120);
  for (std::uint64_t part = 0; part < 4; ++part) extents.add({1000 * part, 1000 * part + 88 + 8 * part});
  extents.add({8000, 9000});
  EXPECT_EQ(extents.take(80), 0u) << "of which 8 are lost";
  EXPECT_EQ(extents.take(80), 8000u);
}

TEST(RankExtents, CountsWhatIsLargeEnough) {
  RankExtents extents;
  extents.add({0, 16});
  extents.add({80, 160});
  EXPECT_EQ(extents.bytes(), 96u);
  EXPECT_EQ(extents.room(16).bytes, 64u);
  EXPECT_EQ(extents.room(16).pieces, 6u);
  EXPECT_EQ(extents.room(17).bytes, 63u);
  EXPECT_EQ(extents.room(17).pieces, 4u);
  EXPECT_EQ(extents.room(81).pieces, 0u);
}

TEST(RankExtents, GoesBackToWhatWasKept) {
  RankExtents extents;
  extents.add({0, 80});
  EXPECT_EQ(extents.take(16), 0u);
  extents.keep(1);
  EXPECT_EQ(extents.take(16), 16u);
  extents.add({800, 880});
  extents.restore();
  EXPECT_EQ(extents.bytes(), 64u);
  EXPECT_EQ(extents.take(64), 16u);
  EXPECT_EQ(extents.take(1), std::nullopt);
}

TEST(RankExtents, ForgetsTheSmallestOfMany) {
  RankExtents extents;
  for (std::uint64_t n = 0; n < 1000; ++n) extents.add({1000 * n, 1000 * n + 8 + 8 * (n % 100)});
  std::array<Extent, 65> parts;
  const std::uint64_t forgotten = extents.largest(parts);
  EXPECT_EQ(forgotten, 1000 / 100 * (100 * 8 + 8 * 4950) - extents.bytes());
  EXPECT_EQ(extents.largest(std::span(parts).first(63)), forgotten + parts[63].size());
  EXPECT_EQ(parts[0].size(), 800u);
  EXPECT_EQ(parts[64], Extent{});
}

}  // namespace
