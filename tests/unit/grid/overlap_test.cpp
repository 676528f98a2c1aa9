#include "grid/overlap.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "decompositions.hpp"
#include "grid/any_overlap.hpp"

namespace tessera::grid {
namespace {

std::vector<OwnedBox> of_rank(const std::vector<OwnedBox>& all, int rank) {
  std::vector<OwnedBox> own;
  std::ranges::copy_if(all, std::back_inserter(own), [&](const OwnedBox& box) { return box.rank == rank; });
  return own;
}

TEST(Overlaps, AreNotFoundAmongTheBlocksOf64Ranks) {
  for (const Index& shape : {Index{64, 64, 64}, Index{65, 67, 70}}) {
    const auto all = blocks(shape, {4, 4, 4});
    for (int rank = 0; rank < 64; ++rank) EXPECT_FALSE(find_overlap(of_rank(all, rank), all));
  }
}

TEST(Overlaps, AreFoundByBothRanks) {
  auto all = blocks({64, 64, 64}, {4, 4, 4});
  all[21].box.upper[2] += 1;  // one layer into the next block
  for (const int rank : {21, 22}) {
    const auto overlap = find_overlap(of_rank(all, rank), all);
    ASSERT_TRUE(overlap);
    EXPECT_EQ(overlap->first.rank, 21);
    EXPECT_EQ(overlap->second.rank, 22);
    EXPECT_EQ(overlap->common, (Box{{16, 16, 32}, {32, 32, 33}}));
  }
  EXPECT_FALSE(find_overlap(of_rank(all, 20), all));
}

TEST(Overlaps, AreFoundBetweenBoxesOfOneRank) {
  const std::vector<OwnedBox> all{{{{0}, {5}}, 3, 0}, {{{4}, {8}}, 3, 1}};
  const auto overlap = find_overlap(all, all);
  ASSERT_TRUE(overlap);
  EXPECT_EQ(overlap->first.number, 0);
  EXPECT_EQ(overlap->second.number, 1);
}

TEST(Overlaps, OfABoxPutTwiceAreFound) {
  const std::vector<OwnedBox> all{{{{0}, {5}}, 0, 0}, {{{0}, {5}}, 0, 1}};
  EXPECT_TRUE(find_overlap(all, all));
}

TEST(Overlaps, DoNotInvolveEmptyBoxes) {
  const std::vector<OwnedBox> all{{{{0, 0}, {5, 5}}, 0, 0}, {{{2, 2}, {2, 4}}, 1, 0}, {Box{}, 2, 0}};
  for (int rank = 0; rank < 3; ++rank) EXPECT_FALSE(find_overlap(of_rank(all, rank), all));
  EXPECT_FALSE(find_overlap({}, all));
}

TEST(Overlaps, AreReportedInRankOrderWhateverTheOrderOfBoxes) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    const Index shape = random_shape(random);
    auto all = random_cover(shape, 12, 5, random);
    for (int extra = 0; extra < 3; ++extra) {  // a second cover's boxes lie across those of the first
      auto other = random_cover(shape, 12, 5, random).front();
      other.number = 100 + extra;
      all.push_back(other);
    }
    using Key = std::tuple<int, int, int, int>;
    const int rank = all.front().rank;
    Key expected{99, 0, 0, 0};
    for (const OwnedBox& a : all) {
      for (const OwnedBox& b : all) {
        if (std::tie(a.rank, a.number) >= std::tie(b.rank, b.number) || (a.rank != rank && b.rank != rank)) continue;
        if (!intersection(a.box, b.box).empty()) expected = std::min(expected, Key{a.rank, a.number, b.rank, b.number});
      }
    }
    const auto found = find_overlap(of_rank(all, rank), all);
    const Key key = found ? Key{found->first.rank, found->first.number, found->second.rank, found->second.number}
                          : Key{99, 0, 0, 0};
    EXPECT_EQ(key, expected);
  }
}

/// Against all pairs, with and without overlaps, also between many boxes.
TEST(AnyOverlap, IsFoundWhereAPairHasOne) {
  std::mt19937 random(2);
  for (int round = 0; round < 600; ++round) {
    const Index shape = random_shape(random);
    auto boxes = boxes_of(random_cover(shape, 60, 1, random));
    if (round % 2 == 0) boxes = boxes_of(with_holes(random_cover(shape, 60, 1, random), random));
    EXPECT_FALSE(any_overlap(boxes));
    const Box other = random_cover(shape, 60, 1, random).front().box;
    const bool expected = std::ranges::any_of(boxes, [&](const Box& box) { return !intersection(box, other).empty(); });
    boxes.insert(boxes.begin() + static_cast<std::ptrdiff_t>(boxes.size() / 2), other);
    const auto found = any_overlap(boxes);
    EXPECT_EQ(found.has_value(), expected);
    if (!found) continue;
    EXPECT_LT(found->first, found->second);
    EXPECT_FALSE(intersection(boxes[found->first], boxes[found->second]).empty());
  }
}

TEST(AnyOverlap, IsFoundQuicklyAmongManyBoxes) {
  std::vector<Box> boxes;
  for_each_cell(whole({50, 50, 40}), [&](const Index& at) { boxes.push_back(Box::at(at, {1, 1, 1})); });
  EXPECT_FALSE(any_overlap(boxes));
  boxes.push_back(Box::at({49, 49, 39}, {1, 1, 1}));
  EXPECT_TRUE(any_overlap(boxes));
  EXPECT_TRUE(any_overlap(std::vector<Box>(100000, whole({50, 50, 40}))));
  boxes.clear();
  for (std::int64_t edge = 1; edge <= 20000; ++edge) boxes.push_back(Box::at({-edge, -edge}, {2 * edge, 2 * edge}));
  EXPECT_TRUE(any_overlap(boxes));  // each in the next
  EXPECT_FALSE(any_overlap(std::vector<Box>(100, Box::at({3, 3}, {0, 5}))));
  EXPECT_FALSE(any_overlap({}));
}

}  // namespace
}  // namespace tessera::grid
