#include "grid/chunk_choice.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/extents.hpp"
#include "boxes_request.hpp"
#include "decompositions.hpp"
#include "shared_chunks.hpp"

namespace tessera::grid {
namespace {

constexpr std::int64_t kib = 1 << 10;
constexpr std::int64_t mib = 1 << 20;

BoxesRequest request(const Index& shape, const std::vector<OwnedBox>& boxes, std::int64_t cell_bytes = 8) {
  BoxesRequest result;
  result.shape = shape;
  result.cell_bytes = cell_bytes;
  result.boxes = boxes;
  return result;
}

std::int64_t bytes_of(const ChunkChoice& choice, std::int64_t cell_bytes = 8) {
  return Box::at(Index::filled(choice.chunk.size(), 0), choice.chunk).volume() * cell_bytes;
}

TEST(ChunkChoices, OfTheExampleInTheHeader) {
  const auto boxes = blocks({256, 256, 256}, {2, 2, 1});
  const ChunkChoice choice = choose_chunk(request({256, 256, 256}, boxes));
  EXPECT_EQ(choice.chunk, Index({32, 64, 64}));
  EXPECT_EQ(choice.chunks, 128);
  EXPECT_EQ(choice.shared_chunks, 0);
  EXPECT_EQ(choice.reason,
            "1 MiB each, no chunk is shared by ranks: chosen to follow the boundaries of the ranks' blocks");
}

TEST(ChunkChoices, FollowTheBlocksOf64Ranks) {
  const auto boxes = blocks({256, 256, 256}, {4, 4, 4});
  const ChunkChoice choice = choose_chunk(request({256, 256, 256}, boxes));
  EXPECT_EQ(choice.shared_chunks, 0);
  for (const std::int64_t extent : choice.chunk) EXPECT_EQ(64 % extent, 0);
}

TEST(ChunkChoices, ShareFewChunksWhere64BlocksAreUneven) {
  const Index shape{257, 259, 261};
  const auto boxes = blocks(shape, {4, 4, 4});
  const ChunkChoice choice = choose_chunk(request(shape, boxes));
  EXPECT_GT(choice.shared_chunks, 0);
  EXPECT_LT(choice.shared_chunks, choice.chunks);
  EXPECT_NE(choice.reason.find("leave no common chunk"), std::string::npos);
}

TEST(ChunkChoices, AreOneChunkForASmallField) {
  const auto boxes = blocks({10, 4}, {2, 1});
  const ChunkChoice choice = choose_chunk(request({10, 4}, boxes));
  EXPECT_EQ(choice.chunk, Index({10, 4}));
  EXPECT_EQ(choice.chunks, 1);
  EXPECT_EQ(choice.shared_chunks, 1);
}

TEST(ChunkChoices, NeedNoBoxes) {
  const ChunkChoice choice = choose_chunk(request({512, 512, 512}, {}));
  EXPECT_EQ(choice.shared_chunks, 0);
  EXPECT_EQ(bytes_of(choice), mib);
}

TEST(ChunkChoices, OfOneRankDivideTheField) {
  const auto boxes = blocks({256, 256, 256}, {1, 1, 1});
  EXPECT_EQ(choose_chunk(request({256, 256, 256}, boxes)).chunk, Index({32, 64, 64}));
}

TEST(ChunkChoices, IgnoreBoundariesBetweenBoxesOfOneRank) {
  auto boxes = blocks({256, 256, 256}, {51, 1, 1});
  for (OwnedBox& box : boxes) box.rank = 0;
  EXPECT_EQ(choose_chunk(request({256, 256, 256}, boxes)).chunk, Index({32, 64, 64}));
}

TEST(ChunkChoices, HandleAxesOfExtentOne) {
  const auto boxes = blocks({1, 2048, 2048}, {1, 4, 4});
  const ChunkChoice choice = choose_chunk(request({1, 2048, 2048}, boxes));
  EXPECT_EQ(choice.chunk[0], 1);
  EXPECT_EQ(choice.shared_chunks, 0);
  EXPECT_EQ(choose_chunk(request({1, 1}, {})).chunk, Index({1, 1}));
}

TEST(ChunkChoices, KeepHugeCellsAlone) {
  EXPECT_EQ(choose_chunk(request({100, 100}, {}, 17 * mib)).chunk, Index({1, 1}));
}

TEST(ChunkChoices, StayBelowTheFormatsLimit) {
  auto wish = request({1 << 20, 1 << 20}, {});
  wish.target_bytes = wish.max_bytes = std::int64_t{1} << 40;
  const std::int64_t bytes = bytes_of(choose_chunk(wish));
  EXPECT_LT(bytes, std::int64_t{1} << 32);
  EXPECT_GT(bytes, std::int64_t{1} << 30);
}

TEST(ChunkChoices, DoNotDependOnTheOrderOrNumbersOfBoxes) {
  std::mt19937 random(6);
  for (int round = 0; round < 20; ++round) {
    auto boxes = random_cover({300, 200, 100}, 40, 7, random);
    const ChunkChoice choice = choose_chunk(request({300, 200, 100}, boxes));
    std::ranges::shuffle(boxes, random);
    for (OwnedBox& box : boxes) box.number = 0;
    const ChunkChoice again = choose_chunk(request({300, 200, 100}, boxes));
    EXPECT_EQ(again.chunk, choice.chunk);
    EXPECT_EQ(again.reason, choice.reason);
  }
}

/// What holds for every choice, whatever the decomposition.
void expect_invariants(const Index& shape, const std::vector<OwnedBox>& boxes, std::int64_t cell_bytes,
                       std::int64_t target_bytes) {
  BoxesRequest wish = request(shape, boxes, cell_bytes);
  wish.target_bytes = target_bytes;
  const ChunkChoice choice = choose_chunk(wish);
  SCOPED_TRACE(to_string(shape) + " in chunks of " + to_string(choice.chunk));
  ASSERT_EQ(choice.chunk.size(), shape.size());
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    EXPECT_GE(choice.chunk[axis], 1);
    EXPECT_LE(choice.chunk[axis], shape[axis]);
  }
  const std::int64_t field_bytes = whole(shape).volume() * cell_bytes;
  EXPECT_GE(bytes_of(choice, cell_bytes), std::min(wish.min_bytes, field_bytes));
  EXPECT_LE(bytes_of(choice, cell_bytes), std::max(wish.max_bytes, cell_bytes));
  EXPECT_EQ(choice.chunks, count_chunks(shape, choice.chunk));
  EXPECT_EQ(choice.shared_chunks, count_shared_chunks(shape, choice.chunk, boxes));
}

TEST(ChunkChoices, KeepTheLimitsForManyDecompositions) {
  std::mt19937 random(7);
  const std::int64_t largest[] = {4000000, 3000, 300, 60};
  for (int round = 0; round < 300; ++round) {
    const auto axes = static_cast<std::size_t>(1 + round % 4);
    Index shape;
    Index parts;
    for (std::size_t axis = 0; axis < axes; ++axis) {
      shape.push_back(std::uniform_int_distribution<std::int64_t>(1, largest[axes - 1])(random));
      parts.push_back(std::uniform_int_distribution<std::int64_t>(1, std::min<std::int64_t>(4, shape[axis]))(random));
    }
    const std::int64_t cell_bytes = std::int64_t{1} << (round % 7);
    const std::int64_t target_bytes = 256 * kib << (round % 5);
    expect_invariants(shape, blocks(shape, parts), cell_bytes, target_bytes);
    expect_invariants(shape, random_cover(shape, 10, 4, random), cell_bytes, target_bytes);
  }
}

TEST(ChunkChoices, ShareNothingWhereverBlocksAreMultiplesOfAChunk) {
  std::mt19937 random(8);
  for (int round = 0; round < 100; ++round) {
    Index shape;
    Index parts;
    for (int axis = 0; axis < 3; ++axis) {
      parts.push_back(std::uniform_int_distribution<std::int64_t>(1, 6)(random));
      shape.push_back(parts.back() * std::uniform_int_distribution<std::int64_t>(32, 100)(random));
    }
    const auto boxes = blocks(shape, parts);
    EXPECT_EQ(choose_chunk(request(shape, boxes)).shared_chunks, 0) << to_string(shape);
  }
}

TEST(ChunkChoices, HandleAHundredThousandBoxesOfATrillionCells) {
  const Index shape{10000, 10000, 10000};
  const auto boxes = blocks(shape, {50, 40, 50});
  const ChunkChoice choice = choose_chunk(request(shape, boxes));
  EXPECT_EQ(choice.shared_chunks, 0);
  EXPECT_GT(choice.chunks, 1000000);
}

TEST(ChunkDescriptions, CountWhatTheGivenShapeShares) {
  const auto boxes = blocks({10, 4}, {2, 1});
  const ChunkChoice choice = given_chunk(request({10, 4}, boxes), {4, 4});
  EXPECT_EQ(choice.chunk, Index({4, 4}));
  EXPECT_EQ(choice.chunks, 3);
  EXPECT_EQ(choice.shared_chunks, 1);
  EXPECT_EQ(choice.reason, "128 B each, 1 of 3 chunks are shared by ranks: the shape was given");
}

}  // namespace
}  // namespace tessera::grid
