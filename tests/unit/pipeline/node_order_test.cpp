#include "pipeline/node_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "pipeline/space_ahead.hpp"

using tessera::hdf5::Extent;
using tessera::pipeline::no_blocks;
using tessera::pipeline::NodeOrder;

namespace {

std::vector<Extent> parts_of(const std::vector<std::uint64_t>& sizes) {
  std::vector<Extent> parts;
  for (const std::uint64_t size : sizes) parts.push_back({0, size});
  return parts;
}

TEST(NodeOrder, OfOneNodeIsThatOfItsRanks) {
  auto parts = parts_of({16, 0, 8});
  EXPECT_EQ(NodeOrder().lay_out(1000, no_blocks, parts), 1024u);
  EXPECT_EQ(parts, (std::vector<Extent>{{1000, 1016}, {1016, 1016}, {1016, 1024}}));
}

/// Ranks 0, 2 and 4 on one node, 1 and 3 on another one, as mpiexec --map-by node does it.
TEST(NodeOrder, KeepsRanksOfANodeTogether) {
  auto parts = parts_of({8, 16, 24, 32, 40});
  EXPECT_EQ(NodeOrder({0, 1, 0, 1, 0}).lay_out(1000, no_blocks, parts), 1120u);
  EXPECT_EQ(parts, (std::vector<Extent>{{1000, 1008}, {1072, 1088}, {1008, 1032}, {1088, 1120}, {1032, 1072}}));
}

TEST(NodeOrder, HasWholeBlocksOfANode) {
  constexpr std::uint64_t block = 64;
  auto parts = parts_of({51 * block, 30 * block, 50 * block, 40 * block});
  EXPECT_EQ(NodeOrder({0, 1, 0, 1}).lay_out(1000, block, parts), 1024 + 171 * block) << "70 blocks are too few";
  EXPECT_EQ(parts[0], (Extent{1000, 1024 + 51 * block})) << "with what lies before the first block";
  parts = parts_of({51 * block, 100 * block + 8, 50 * block + 16, 0});
  EXPECT_EQ(NodeOrder({0, 1, 0, 1}).lay_out(1000, block, parts), 1024 + 203 * block);
  EXPECT_EQ(parts[1].begin, 1024 + 102 * block);
  EXPECT_EQ(parts[3].size(), block - 8) << "what is left of the last block is the last rank's";
}

/// No byte is given twice, none is lost.
TEST(NodeOrder, GivesEachByteToOneRank) {
  std::mt19937 random(5);
  for (int n = 0; n < 2000; ++n) {
    const auto ranks = static_cast<std::uint32_t>(1 + random() % 64),
               nodes = static_cast<std::uint32_t>(1 + random() % 8);
    std::vector<std::uint32_t> first;
    std::vector<std::uint64_t> sizes;
    for (std::uint32_t rank = 0; rank < ranks; ++rank) {
      first.push_back(rank < nodes ? rank : static_cast<std::uint32_t>(random() % nodes));
      sizes.push_back(random() % 3 == 0 ? 0 : random() % 4000 * 8);
    }
    auto parts = parts_of(sizes);
    const std::uint64_t begin = random() % 100 * 8, block = n % 2 == 0 ? 64 : no_blocks;
    const std::uint64_t end = NodeOrder(first).lay_out(begin, block, parts);
    for (std::uint32_t rank = 0; rank < ranks; ++rank) ASSERT_GE(parts[rank].size(), sizes[rank]);
    std::ranges::sort(parts, {}, [](const Extent& part) { return std::pair(part.begin, part.end); });
    std::uint64_t next = begin;
    for (const Extent& part : parts) ASSERT_EQ(std::exchange(next, part.end), part.begin) << "case " << n;
    ASSERT_EQ(next, end);
  }
}

}  // namespace
