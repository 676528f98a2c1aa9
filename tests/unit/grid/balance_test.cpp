#include "grid/balance.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "decompositions.hpp"
#include "imaginary_ranks.hpp"

namespace tessera::grid {
namespace {

/// No rank has more than twice the mean, unless one chunk is more than that.
void expect_balanced(const std::vector<std::int64_t>& owned) {
  const std::int64_t total = std::accumulate(owned.begin(), owned.end(), std::int64_t{0});
  const auto ranks = static_cast<std::int64_t>(owned.size());
  for (const std::int64_t chunks : owned) EXPECT_LE(chunks * ranks, std::max(2 * total, ranks));
}

TEST(Balances, OfTheExamplesInTheHeader) {
  EXPECT_EQ(max_chunks_of_a_rank(8, 4), 3);
  EXPECT_EQ(max_chunks_of_a_rank(3, 4), 1);
  const std::vector<Transfer> transfers = balance(std::vector<std::int64_t>{8, 0, 0, 0});
  ASSERT_EQ(transfers.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(transfers[i].from, 0);
    EXPECT_EQ(transfers[i].to, static_cast<int>(i) + 1);
    EXPECT_EQ(transfers[i].count, 2);
  }
}

TEST(Balances, LeaveAloneWhatIsEvenEnough) {
  for (const std::vector<std::int64_t>& owned :
       {std::vector<std::int64_t>{1}, {0, 0, 0}, {5, 5, 5}, {2, 1, 1}, {3, 2, 2, 1}, {34, 33, 33}, {1, 0, 0, 0}}) {
    EXPECT_TRUE(is_balanced(owned));
    EXPECT_TRUE(balance(owned).empty());
  }
}

TEST(Balances, ComeOutForRandomLoads) {
  std::mt19937 random(5);
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::int64_t> owned(std::uniform_int_distribution<std::size_t>(1, 64)(random), 0);
    const std::int64_t most = std::uniform_int_distribution<std::int64_t>(0, 50)(random);
    for (std::int64_t& chunks : owned) {
      if (random() % 4 == 0) chunks = std::uniform_int_distribution<std::int64_t>(0, most)(random);
    }
    const bool was_balanced = is_balanced(owned);
    const auto transfers = balance(owned);
    EXPECT_EQ(transfers.empty(), was_balanced);
    EXPECT_LE(transfers.size(), 2 * owned.size());
    for (const Transfer& transfer : transfers) {
      EXPECT_GT(transfer.count, 0);
      owned[static_cast<std::size_t>(transfer.from)] -= transfer.count;
      owned[static_cast<std::size_t>(transfer.to)] += transfer.count;
    }
    EXPECT_TRUE(is_balanced(owned));
    expect_balanced(owned);
  }
}

TEST(Balances, WhereOneOf64RanksHasEverything) {
  const ChunkGrid grid{{64, 64, 64}, {8, 8, 16}};
  const Divided divided = divide(grid, boxes_by_rank({{whole(grid.shape), 17, 0}}, 64));
  EXPECT_EQ(divided.owned_at_first[17], 256);
  EXPECT_EQ(divided.owned, std::vector<std::int64_t>(64, 4));
}

TEST(Balances, WhereOneOf64RanksHasMost) {
  const Index shape{64, 64, 64};
  std::vector<OwnedBox> all{{{{0, 0, 0}, {60, 64, 64}}, 0, 0}};
  for (int rank = 1; rank < 64; ++rank) all.push_back({{{60, rank - 1, 0}, {64, rank, 64}}, rank, 0});
  all.push_back({{{60, 63, 0}, {64, 64, 64}}, 0, 0});
  for (const Index& chunk : {Index{8, 8, 16}, Index{4, 4, 64}, Index{5, 7, 11}, Index{64, 1, 64}}) {
    const ChunkGrid grid{shape, chunk};
    const Divided divided = divide(grid, boxes_by_rank(all, 64));
    EXPECT_FALSE(is_balanced(divided.owned_at_first));
    expect_balanced(divided.owned);
  }
}

/// Every chunk is shared: rank 0 has a little more of each than the others, so that all would be its.
TEST(Balances, WhereAllChunksAreShared) {
  const Index shape{65 * 4, 8, 64};  // 512 chunks
  std::vector<OwnedBox> all;
  for (std::int64_t layer = 0; layer < shape[0]; ++layer) {
    const auto rank = static_cast<int>(std::max<std::int64_t>(0, layer % 65 - 1));
    all.push_back({{{layer, 0, 0}, {layer + 1, 8, 64}}, rank, static_cast<int>(layer)});
  }
  const ChunkGrid grid{shape, {65, 1, 4}};
  const Divided divided = divide(grid, boxes_by_rank(all, 64));
  EXPECT_EQ(divided.shared_chunks, 4 * 8 * 16);
  EXPECT_EQ(divided.owned_at_first[0], divided.shared_chunks);
  EXPECT_EQ(divided.owned, std::vector<std::int64_t>(64, 8));
  // Whoever gets a chunk has some of it already.
  EXPECT_EQ(divided.cells_sent, whole(shape).volume() - (8 * 8 + 63 * 8 * 4));
}

TEST(Balances, WhereManyRanksHaveNothing) {
  const Index shape{96, 96};
  auto all = blocks(shape, {3, 1});
  for (OwnedBox& owned : all) owned.rank *= 20;
  const Divided divided = divide({shape, {4, 12}}, boxes_by_rank(all, 64));
  expect_balanced(divided.owned);
}

TEST(Balances, OfRandomDecompositionsOf64Ranks) {
  std::mt19937 random(8);
  for (int round = 0; round < 100; ++round) {
    const Index shape = random_shape(random);
    Index chunk = shape;
    for (std::int64_t& extent : chunk) {
      extent = std::uniform_int_distribution<std::int64_t>(1, std::max<std::int64_t>(1, extent / 3))(random);
    }
    auto all = random_cover(shape, 200, 64, random);
    if (round % 2 == 0) {
      for (OwnedBox& owned : all) owned.rank = std::min(owned.rank, 5);
    }
    const Divided divided = divide({shape, chunk}, boxes_by_rank(all, 64));
    SCOPED_TRACE(to_string(shape) + " in chunks of " + to_string(chunk));
    expect_balanced(divided.owned);
    if (is_balanced(divided.owned_at_first)) {
      EXPECT_EQ(divided.owned, divided.owned_at_first);
    }
  }
}

/// Of fields with one chunk that all share alike, each goes to another rank.
TEST(Balances, RotateFromFieldToField) {
  const ChunkGrid grid{{64}, {64}};
  std::vector<std::int64_t> owned(8, 0);
  for (std::uint64_t field = 0; field < 16; ++field) {
    const Divided divided = divide(grid, boxes_by_rank(blocks({64}, {8}), 8), field);
    for (std::size_t rank = 0; rank < 8; ++rank) owned[rank] += divided.owned[rank];
  }
  EXPECT_EQ(owned, std::vector<std::int64_t>(8, 2));
}

}  // namespace
}  // namespace tessera::grid
