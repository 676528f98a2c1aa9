#include "pipeline/space_ahead.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

using tessera::pipeline::begin_in_blocks;
using tessera::pipeline::in_blocks;
using tessera::pipeline::no_blocks;
using tessera::pipeline::Piece;
using tessera::pipeline::RankExtents;
using tessera::pipeline::SizeEstimates;
using tessera::pipeline::space_to_ask;

namespace {

TEST(SpaceAhead, IsNotAskedForWithoutChunks) { EXPECT_EQ(space_to_ask({}, {}, 1000), 0u); }

TEST(SpaceAhead, IsTheWholeStepAtFirst) {
  EXPECT_EQ(space_to_ask({900, 800, 10, 88, true}, {}, 0), 880u) << "ten of the largest chunks";
  EXPECT_EQ(space_to_ask({700, 640, 10, 88, true}, {}, 0), 700u);
}

TEST(SpaceAhead, IsTheDifferenceToWhatIsLeft) {
  RankExtents extents;
  extents.add({0, 400});
  EXPECT_EQ(space_to_ask({700, 640, 10, 80, true}, extents.room(80), 0), 700u - 320);
  extents.add({800, 870});
  EXPECT_EQ(space_to_ask({700, 640, 10, 80, true}, extents.room(80), 0), 700u - 320) << "where no chunk fits";
  extents.add({2000, 2400});
  EXPECT_EQ(space_to_ask({700, 640, 10, 80, true}, extents.room(80), 0), 0u) << "five and five";
  EXPECT_EQ(space_to_ask({790, 700, 11, 80, true}, extents.room(80), 0), 80u) << "at least a chunk";
}

/// What is left of a rank's parts at the end of a job, or of those that ranks share, in percent of what they stored.
double left_over(std::uint64_t of_rank, int steps, double vary, std::uint64_t ranks = 1) {
  const std::uint64_t chunks = of_rank * ranks;
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> around(1 - vary, 1 + vary);
  constexpr double mean = 20'000;
  SizeEstimates::Expected step{0, 0, chunks, static_cast<std::uint64_t>(mean * (1 + vary) + 8), true};
  step.low = static_cast<std::uint64_t>(mean * (1 - vary));
  step.high = step.largest;
  step.likely = static_cast<std::uint64_t>(mean * static_cast<double>(chunks));
  step.bytes = std::min(step.largest * chunks, step.likely * 5 / 4);
  RankExtents extents;
  extents.expect_pieces(step.low, step.high);
  std::uint64_t stored = 0, end = 8;
  for (int n = 0; n < steps; ++n) {
    const std::uint64_t more = space_to_ask(step.with_choice(), extents.room(step.largest), stored) / 8 * 8;
    extents.add({end, end + more});
    end += more + 8;
    std::vector<Piece> pieces(chunks);
    for (Piece& piece : pieces) stored += piece.bytes = static_cast<std::uint64_t>(mean * around(random));
    for (std::size_t first = 0; first < pieces.size();) {
      const auto run = extents.take_run(std::span(pieces).subspan(first, of_rank - first % of_rank));
      if (!run) return 100;
      first += run->count;
    }
  }
  std::vector<tessera::hdf5::Extent> parts(RankExtents::max_parts);
  const std::uint64_t forgotten = extents.largest(parts);
  return 100 * static_cast<double>(extents.bytes() + forgotten) / static_cast<double>(stored);
}

TEST(SpaceAhead, LittleIsLeftOfALongJob) {
  EXPECT_LT(left_over(1, 400, 0.2), 5);
  EXPECT_LT(left_over(1, 4800, 0.2), 1.5);
  EXPECT_LT(left_over(4, 400, 0.2), 3);
  EXPECT_LT(left_over(16, 20, 0.2), 2);
  EXPECT_LT(left_over(16, 100, 0.2), 1.2);
  EXPECT_LT(left_over(16, 100, 0.5), 1.2);
}

TEST(SpaceAhead, LessIsLeftWhereRanksShareIt) {
  EXPECT_LT(left_over(1, 20, 0.2, 16), 3);
  EXPECT_LT(left_over(1, 400, 0.2, 2), 4);
  EXPECT_LT(left_over(1, 400, 0.2, 4), 2);
  EXPECT_LT(left_over(1, 400, 0.2, 16), 1);
  EXPECT_LT(left_over(4, 400, 0.2, 16), 0.3);
}

/// Whatever sizes the chunks have and in whatever order they come.
TEST(SpaceAhead, IsEnough) {
  std::mt19937 random(7);
  for (int n = 0; n < 20000; ++n) {
    RankExtents extents;
    std::uint64_t end = 8;
    for (std::uint32_t part = 0; part < random() % 5; ++part, end += 800) extents.add({end, end + random() % 40 * 8});
    std::vector<Piece> pieces(1 + random() % 12);
    SizeEstimates::Expected step{0, 0, pieces.size(), 0, true};
    for (Piece& piece : pieces) {
      piece.bytes = 8 * (1 + random() % 12);
      step.bytes += piece.bytes;
      step.largest = std::max(step.largest, piece.bytes);
    }
    step.likely = step.bytes;
    const std::uint64_t more = space_to_ask(step, extents.room(step.largest), random() % 10000);
    extents.add({end, end + (more + 7) / 8 * 8});
    extents.expect_pieces(8 * (random() % 12), 8 * (random() % 12));
    for (std::size_t first = 0; first < pieces.size();) {
      const auto run = extents.take_run(std::span(pieces).subspan(first));
      ASSERT_TRUE(run) << "case " << n;
      first += run->count;
    }
  }
}

/// One chunk in each step, of another size each time.
TEST(SpaceAhead, IsForManyChunksWhereCrumbsWouldCostMore) {
  EXPECT_EQ(space_to_ask({1000, 800, 1, 1000, true}, {}, 4'000), 1000u);
  EXPECT_EQ(space_to_ask({1000, 800, 1, 1000, true}, {}, 50'000), 8000u) << "so that there is a choice";
  EXPECT_EQ(space_to_ask({1000, 800, 1, 1000, true}, {}, 10'000'000), 63'245u) << "sqrt(2 x 0.2 x 10,000) chunks";
  EXPECT_EQ(space_to_ask({1000, 999, 1, 1000, true}, {}, 1'000'000), 1000u) << "nearly nothing is left over";
  EXPECT_EQ(space_to_ask({100'000, 90'000, 100, 1000, true}, {}, 1'000'000), 100'000u) << "a step is large";
}

TEST(SpaceAhead, IsOfWholeBlocksWhereThatCostsAHundredth) {
  constexpr std::uint64_t block = 1024;
  EXPECT_EQ(in_blocks(0, block), 0u);
  EXPECT_EQ(in_blocks(100 * block, block), 100 * block);
  EXPECT_EQ(in_blocks(100 * block + 1, block), 101 * block);
  EXPECT_EQ(in_blocks(100 * block - 1, block), 100 * block) << "a multiple of 8";
  EXPECT_EQ(in_blocks(4 * block + 1, block), 4 * block + 8);
  EXPECT_EQ(in_blocks(100 * block + 1, no_blocks), 100 * block + 8);
}

TEST(SpaceAhead, BeginsAtABlockWhereThatCostsAHundredth) {
  constexpr std::uint64_t block = 1024;
  EXPECT_EQ(begin_in_blocks(1000, 100 * block, block), 1024u);
  EXPECT_EQ(begin_in_blocks(1024, 100 * block, block), 1024u);
  EXPECT_EQ(begin_in_blocks(1000, 100 * block - 8, block), 1000u);
  EXPECT_EQ(begin_in_blocks(1000, 0, block), 1000u);
  EXPECT_EQ(begin_in_blocks(1000, 1 << 20, no_blocks), 1000u);
}

}  // namespace
