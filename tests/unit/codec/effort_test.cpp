#include "codec/effort.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>

#include "chunks.hpp"
#include "codec/checksum.hpp"
#include "codec/field_memory.hpp"

namespace tessera::codec::test {

namespace {

TEST(EffortOf, WhatThePlannerReliesOn) {
  for (const bool isal : {false, true}) {
    for (const bool libdeflate : {false, true}) {
      for (int level = 1; level <= 9; ++level) {
        const Effort effort = effort_of(level, {isal, libdeflate});
        ASSERT_LE(effort.methods.size(), max_candidates);
        EXPECT_EQ(effort.methods.front(), stored);
        EXPECT_NE(std::ranges::find(effort.methods, effort.usual), effort.methods.end());
        EXPECT_NE(effort.usual, stored);
        for (const Method method : effort.methods) {
          EXPECT_TRUE(method.library != Library::isal || isal);
          EXPECT_TRUE(method.library != Library::libdeflate || libdeflate);
        }
      }
    }
  }
}

TEST(EffortOf, HigherLevelsAllowLess) {
  double share = 0;
  double share_of_small = 0;
  for (int level = 1; level <= 5; ++level) {
    const Effort effort = effort_of(level, {true, true});
    EXPECT_GT(effort.share, share);
    EXPECT_GT(effort.share_of_small, share_of_small);
    share = effort.share;
    share_of_small = effort.share_of_small;
  }
}

TEST(CostOf, StoringIsCheapestWhereNothingIsSaved) {
  const Effort effort = effort_of(4, {true, true});
  for (const Method method : effort.methods) EXPECT_GE(cost_of(method, 1), cost_of(stored, 1));
}

TEST(Adler32, IsThatOfZlib) {
  for (const std::size_t size : {0, 1, 15, 5552, 5553, 100000}) {
    const Bytes bytes = noise(size, size);
    const uLong expected = ::adler32_z(1, reinterpret_cast<const Bytef*>(bytes.data()), size);
    EXPECT_EQ(codec::adler32(bytes), expected) << size;
  }
}

}  // namespace

}  // namespace tessera::codec::test
