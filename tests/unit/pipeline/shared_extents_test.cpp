#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "pipeline/rank_extents.hpp"

/// \file
/// Space that the ranks of a node share: ranks are objects with the same memory here.

using tessera::hdf5::Extent;
using tessera::pipeline::RankExtents;
using Expected = tessera::pipeline::SizeEstimates::Expected;

namespace {

class Node {
 public:
  explicit Node(std::size_t ranks) : memory_(RankExtents::shared_bytes(ranks) / sizeof(std::max_align_t) + 1) {
    const auto bytes = std::as_writable_bytes(std::span(memory_)).first(RankExtents::shared_bytes(ranks));
    RankExtents::make_shared(bytes);
    for (std::size_t rank = 0; rank < ranks; ++rank) ranks_.emplace_back().share(bytes, rank);
  }
  RankExtents& operator[](std::size_t rank) { return *std::next(ranks_.begin(), static_cast<std::ptrdiff_t>(rank)); }
  /// As if a rank had died while it took something.
  void lock() { std::launder(reinterpret_cast<std::atomic<std::uint32_t>*>(memory_.data()))->store(1); }

 private:
  std::vector<std::max_align_t> memory_;
  std::list<RankExtents> ranks_;
};

/// How much more than there is.
const auto lack = [](const Expected& step, const RankExtents::Room& room, std::uint64_t) -> std::uint64_t {
  if (room.pieces == 0) return step.bytes;
  return step.bytes > room.bytes + step.largest ? step.bytes - room.bytes - step.largest : 0;
};

Expected step(std::uint64_t bytes, std::uint64_t largest = 8) {
  return {bytes, bytes, bytes / largest, largest, true, 8, largest};
}

TEST(SharedExtents, AreTakenByAnyRank) {
  Node node(2);
  node[0].add({80, 160});
  node[1].add({160, 240});
  EXPECT_EQ(node[1].take(120), 80u) << "they are one part";
  EXPECT_EQ(node[0].take(40), 200u);
  EXPECT_EQ(node[0].take(8), std::nullopt);
  EXPECT_EQ(node[1].bytes(), 0u);
}

TEST(SharedExtents, AreToldByTheFirstRank) {
  Node node(2);
  node[1].add({80, 160});
  std::array<Extent, 2> parts;
  EXPECT_EQ(node[1].largest(parts), 0u);
  EXPECT_EQ(parts[0], Extent{});
  EXPECT_EQ(node[0].largest(parts), 0u);
  EXPECT_EQ(parts[0], (Extent{80, 160}));
}

TEST(SharedExtents, AreAskedForByAllTogether) {
  Node node(3);
  EXPECT_EQ(node[0].ask(step(80), 0, lack), 80u);
  EXPECT_EQ(node[1].ask(step(40), 0, lack), 40u)
      << "120 in all, of which 80 have been asked for: they will be one part";
  EXPECT_EQ(node[2].ask(step(0), 0, lack), 0u);
  node[0].add({1000, 1080});
  node[0].answered();
  node[1].add({1080, 1120});
  node[1].answered();
  EXPECT_EQ(node[2].ask(step(0), 0, lack), 0u);
  EXPECT_EQ(node[0].ask(step(160), 0, lack), 80u);
}

/// One rank is in the next commit already, others have not got the answer of the last one.
TEST(SharedExtents, AreNotAskedForTwice) {
  Node node(2);
  EXPECT_EQ(node[0].ask(step(80, 40), 0, lack), 80u);
  EXPECT_EQ(node[1].ask(step(80, 40), 0, lack), 80u);
  node[0].add({1000, 1080});
  node[0].answered();
  EXPECT_EQ(node[0].ask(step(80, 40), 0, lack), 0u);
  node[1].add({1080, 1160});
  node[1].answered();
  EXPECT_EQ(node[1].ask(step(80, 40), 0, lack), 0u);
}

TEST(SharedExtents, KnowWhatIsTakenAlready) {
  Node node(2);
  node[0].add({80, 280});
  EXPECT_EQ(node[0].ask(step(80), 0, lack), 0u);
  std::array<tessera::pipeline::Piece, 1> piece{{{72, 0}}};
  EXPECT_TRUE(node[0].take_run(piece));
  EXPECT_EQ(node[1].ask(step(120), 0, lack), 0u) << "8 are left of what the other one will take, and 128 in all";
  EXPECT_EQ(node[1].ask(step(136), 0, lack), 16u);
}

/// What comes with a commit belongs to nobody when the next one fails, whichever rank is first.
TEST(SharedExtents, GoBackToWhatTheFirstRankKept) {
  Node node(2);
  node[0].add({80, 160});
  EXPECT_EQ(node[1].take(8), 80u);
  node[0].keep(1);
  node[0].add({800, 880});
  node[1].keep(1);
  EXPECT_EQ(node[1].take(16), 88u);
  node[1].restore();
  node[0].restore();
  EXPECT_EQ(node[0].bytes(), 72u);
  EXPECT_EQ(node[0].take(80), std::nullopt);
  EXPECT_EQ(node[0].take(72), 88u);
  node[1].keep(2);
  node[1].restore();
  EXPECT_EQ(node[0].bytes(), 0u);
}

TEST(SharedExtents, AreGivenUpWhenARankDiesInThem) {
  Node node(2);
  node[0].add({80, 160});
  node.lock();
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(node[0].take(8), std::nullopt);
  EXPECT_EQ(node[1].take(8), std::nullopt) << "at once";
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  for (std::size_t rank : {0U, 1U}) {
    EXPECT_FALSE(node[rank].is_shared());
    node[rank].add({1000 * rank, 1000 * rank + 80});
    EXPECT_EQ(node[rank].take(80), 1000 * rank) << "each has its own";
  }
}

TEST(SharedExtents, AreTakenOnce) {
  constexpr std::uint64_t count = 400;
  Node node(4);
  for (std::uint64_t n = 0; n < count; ++n) node[n % 4].add({n * 8, n * 8 + 8});
  std::mutex mutex;
  std::set<std::uint64_t> taken;
  std::vector<std::thread> threads;
  for (std::size_t rank = 0; rank < 4; ++rank) {
    threads.emplace_back([&, rank] {
      while (const auto at = node[rank].take(8)) {
        const std::lock_guard lock(mutex);
        EXPECT_TRUE(taken.insert(*at).second) << *at;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken.size(), count);
}

}  // namespace
