#include <gtest/gtest.h>

#include "tools/doctor/merge.hpp"

using namespace tessera::doctor;

namespace {

const Finding good{Status::ok, "space", "10 GiB free"};
const Finding bad{Status::error, "space", "0 bytes free", "free some"};
const Finding other{Status::warning, "locks", "none\nat all", "set this"};

std::vector<Finding> with_ranks(Finding finding, std::vector<int> ranks) {
  finding.ranks = std::move(ranks);
  return {finding};
}

TEST(Merge, WhatAllSayIsSaidOnceWithoutRanks) {
  EXPECT_EQ(merge({{good, other}, {good, other}, {good, other}}), (std::vector<Finding>{good, other}));
}

TEST(Merge, WhoeverDiffersIsNamedTheWorstFirst) {
  const auto merged = merge({{good}, {bad}, {good}});
  ASSERT_EQ(merged.size(), 2u);
  EXPECT_EQ(merged[0], with_ranks(bad, {1}).front());
  EXPECT_EQ(merged[1], with_ranks(good, {0, 2}).front());
}

TEST(Merge, RanksThatDidNotLookDoNotCount) {
  EXPECT_EQ(merge({{other, good}, {other}, {other}}), (std::vector<Finding>{other, good}));
}

TEST(Merge, TheOrderIsThatOfTheChecks) {
  const auto merged = merge({{other, good}, {other, bad}});
  ASSERT_EQ(merged.size(), 3u);
  EXPECT_EQ(merged[0].check, "locks");
}

TEST(Merge, NothingGivesNothing) {
  EXPECT_TRUE(merge({}).empty());
  EXPECT_TRUE(merge({{}, {}}).empty());
}

TEST(Pack, ComesBackAsItWas) {
  const std::vector<Finding> findings{good, bad, other, {Status::ok, "", "", ""}};
  EXPECT_EQ(unpack(pack(findings) + pack({}) + pack({bad})), (std::vector<std::vector<Finding>>{findings, {}, {bad}}));
}

TEST(Pack, LeavesOutTheCharactersThatItUses) {
  EXPECT_EQ(unpack(pack({{Status::ok, "a\x1f",
                          "b\x1e\x1d"
                          "c"}}))
                .front()
                .front(),
            (Finding{Status::ok, "a", "bc"}));
}

}  // namespace
