#include <gtest/gtest.h>

#include <numeric>

#include "base/extents.hpp"
#include "boxes_request.hpp"
#include "decompositions.hpp"
#include "grid/chunk_choice.hpp"
#include "grid/gap.hpp"
#include "grid/overlap.hpp"
#include "grid/row_major_order.hpp"
#include "imaginary_ranks.hpp"
#include "shared_chunks.hpp"

/// \file
/// Shapes beyond what 32 bits can count, without data: 2^40 cells (8 TiB of doubles) on 64 ranks, and up to 2^60 cells.

namespace tessera::grid {
namespace {

const Index huge{1 << 14, 1 << 13, 1 << 13};  // 2^40 cells
const std::int64_t huge_cells = std::int64_t{1} << 40;
constexpr int ranks = 64;

/// Every cell once, every chunk with one owner, who is one of those that have cells of it or got it by migration.
void expect_all_cells(const Divided& divided) {
  EXPECT_FALSE(divided.overlap);
  std::int64_t cells = 0;
  for (const auto& pieces : divided.pieces) {
    for (const Piece& piece : pieces) cells += piece.part.volume();
  }
  EXPECT_EQ(cells, huge_cells);
}

std::int64_t sum(const std::vector<std::int64_t>& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), std::int64_t{0});
}

TEST(Huge, ChunksFollowTheBlocksOf64Ranks) {
  const auto all = blocks(huge, {4, 4, 4});
  BoxesRequest request;
  request.shape = huge;
  request.boxes = all;
  request.target_bytes = request.max_bytes = 16 << 20;
  const ChunkChoice choice = choose_chunk(request);
  EXPECT_EQ(choice.shared_chunks, 0);
  const ChunkGrid grid{huge, choice.chunk};
  EXPECT_EQ(choice.chunks * grid.chunk_volume(), huge_cells) << to_string(choice.chunk);
  const Divided divided = divide(grid, boxes_by_rank(all, ranks));
  expect_all_cells(divided);
  EXPECT_EQ(divided.cells_sent, 0);
  for (const std::int64_t owned : divided.owned) EXPECT_EQ(owned, choice.chunks / ranks);
}

TEST(Huge, ChunksThatEveryBlockCutsHaveOneOwnerEach) {
  const Index chunk{128, 128, 128};  // 16 MiB
  auto all = blocks(huge, {4, 4, 4});
  for (OwnedBox& owned : all) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      if (owned.box.lower[axis] > 0) owned.box.lower[axis] -= 63;
      if (owned.box.upper[axis] < huge[axis]) owned.box.upper[axis] -= 63;
    }
  }
  const Divided divided = divide({huge, chunk}, boxes_by_rank(all, ranks));
  expect_all_cells(divided);
  EXPECT_EQ(sum(divided.owned), count_chunks(huge, chunk));
  EXPECT_EQ(divided.shared_chunks, count_shared_chunks(huge, chunk, all));
  EXPECT_GT(divided.cells_sent, std::int64_t{1} << 31);
}

TEST(Huge, OneAxisOf2To40Cells) {
  const Index shape{huge_cells};
  const auto all = blocks(shape, {ranks});
  BoxesRequest request;
  request.shape = shape;
  request.cell_bytes = 1;
  request.boxes = all;
  request.target_bytes = request.max_bytes = 16 << 20;
  const ChunkChoice choice = choose_chunk(request);
  EXPECT_EQ(choice.chunk, Index({16 << 20}));
  const Divided divided = divide({shape, choice.chunk}, boxes_by_rank(all, ranks));
  expect_all_cells(divided);
  EXPECT_EQ(sum(divided.owned), 1 << 16);
}

TEST(Huge, ChunkNumbersGoBeyond32Bits) {
  const ChunkGrid grid{{std::int64_t{1} << 34, 16}, {1, 16}};
  const Box last{{(std::int64_t{1} << 34) - 1, 3}, {std::int64_t{1} << 34, 5}};
  std::uint64_t found = 0;
  grid.for_each(last, [&](std::uint64_t number, const Box& part) {
    found = number;
    EXPECT_EQ(part, last);
  });
  EXPECT_EQ(found, (std::uint64_t{1} << 34) - 1);
  EXPECT_EQ(grid.cells_of(found), (Box{{last.lower[0], 0}, {last.upper[0], 16}}));
  EXPECT_EQ(count_chunks(grid.shape, grid.chunk), std::int64_t{1} << 34);
}

TEST(Huge, OverlapsAndGapsOfTheLargestFields) {
  const Index shape{1 << 20, 1 << 20, 1 << 20};  // 2^60 cells, the most that a grid may have
  auto all = blocks(shape, {4, 4, 4});
  EXPECT_FALSE(find_overlap(all, all));
  EXPECT_FALSE(find_gap(whole(shape), all));
  std::int64_t cells = 0;
  for (const OwnedBox& owned : all) cells += owned.box.volume();
  EXPECT_EQ(cells, std::int64_t{1} << 60);
  const Box corner{{(1 << 20) - 1, (1 << 20) - 1, (1 << 20) - 1}, {1 << 20, 1 << 20, 1 << 20}};
  all.push_back({corner, 5, 1});
  ASSERT_TRUE(find_overlap(all, all));
  EXPECT_EQ(find_overlap(all, all)->common, corner);
  all.pop_back();
  all.back().box.upper[2] -= 1;
  ASSERT_TRUE(find_gap(whole(shape), all));
  EXPECT_EQ(find_gap(whole(shape), all)->lower[2], (1 << 20) - 1);
}

TEST(Huge, OffsetsOfPlacementsCountIn64Bits) {
  const std::vector<Box> boxes{{{0, 0}, {1 << 20, 1 << 19}},
                               {{0, 1 << 19}, {1 << 20, 1 << 20}},
                               {{1 << 20, 0}, {1 << 21, 1 << 20}}};
  const auto placements = row_major_order(boxes);
  ASSERT_EQ(placements.size(), 3u);
  EXPECT_EQ(placements[1].offset, 1 << 19);
  EXPECT_EQ(placements[2].offset, huge_cells);
  EXPECT_EQ(placements[2].strides, Index({1 << 20, 1}));
}

}  // namespace
}  // namespace tessera::grid
