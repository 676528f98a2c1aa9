#include "base/ring.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <random>

namespace tessera {

namespace {

TEST(Ring, GivesAllThereIsToOneBlock) {
  Ring ring;
  EXPECT_FALSE(ring.take(1));
  ring.reserve(10);
  EXPECT_EQ(ring.take(10)->size(), 10U);
  EXPECT_FALSE(ring.take(1));
  ring.give_back();
  EXPECT_FALSE(ring.take(11));
  EXPECT_TRUE(ring.take(10));
}

/// Blocks keep what was written to them until they are given back, and there is never more than there is.
TEST(Ring, BlocksDoNotMeet) {
  constexpr std::size_t size = 100;
  Ring ring;
  ring.reserve(size);
  struct Taken {
    std::span<std::byte> bytes;
    std::byte mark;
  };
  std::deque<Taken> blocks;
  std::mt19937 random(1);
  std::size_t taken = 0;
  for (unsigned round = 0; round < 20000; ++round) {
    if (random() % 2 == 0) {
      const std::size_t bytes = 1 + random() % 40;
      if (const auto block = ring.take(bytes)) {
        ASSERT_EQ(block->size(), bytes);
        const auto mark = static_cast<std::byte>(round);
        std::ranges::fill(*block, mark);
        blocks.push_back({*block, mark});
        ++taken;
      } else {
        ASSERT_FALSE(blocks.empty());
      }
    } else if (!blocks.empty()) {
      for (const std::byte one : blocks.front().bytes) ASSERT_EQ(one, blocks.front().mark);
      blocks.pop_front();
      ring.give_back();
    }
    ASSERT_EQ(ring.empty(), blocks.empty());
  }
  EXPECT_GT(taken, 5000U);
}

}  // namespace

}  // namespace tessera
