#include "grid/chunk_directory.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "decompositions.hpp"
#include "grid/overlap.hpp"
#include "imaginary_ranks.hpp"
#include "shared_chunks.hpp"

namespace tessera::grid {
namespace {

Index random_chunk(const Index& shape, std::mt19937& random) {
  Index chunk = shape;
  for (std::int64_t& extent : chunk) extent = std::uniform_int_distribution<std::int64_t>(1, extent)(random);
  return chunk;
}

/// The owners by the rule alone, from all boxes.
std::map<std::uint64_t, int> expected_owners(const ChunkGrid& grid, const std::vector<OwnedBox>& all) {
  std::map<std::uint64_t, std::map<int, std::int64_t>> cells;
  for (const OwnedBox& owned : all) {
    grid.for_each(owned.box, [&](std::uint64_t chunk, const Box& part) { cells[chunk][owned.rank] += part.volume(); });
  }
  std::map<std::uint64_t, int> owners;
  for (const auto& [chunk, by_rank] : cells) {
    std::vector<Share> shares;
    for (const auto& [rank, count] : by_rank) shares.push_back({rank, count});
    owners[chunk] = owner_among(chunk, shares);
  }
  return owners;
}

TEST(Directories, FindNoSharedChunkWhereChunksFollowTheBlocksOf64Ranks) {
  const ChunkGrid grid{{256, 256, 256}, {32, 64, 16}};
  const Divided divided = divide(grid, boxes_by_rank(blocks(grid.shape, {4, 4, 4}), 64));
  EXPECT_EQ(divided.shared_chunks, 0);
  EXPECT_EQ(divided.cells_sent, 0);
  EXPECT_FALSE(divided.overlap);
  EXPECT_EQ(divided.owned, std::vector<std::int64_t>(64, 8));
}

/// Against a rank that knows everything; also with turned choices.
TEST(Directories, AgreeWithTheRuleForManyDecompositions) {
  std::mt19937 random(3);
  for (int round = 0; round < 300; ++round) {
    const Index shape = random_shape(random);
    const ChunkGrid grid{shape, random_chunk(shape, random)};
    auto all = random_cover(shape, 40, 7, random);
    if (round % 3 == 0) all = with_holes(all, random);
    SCOPED_TRACE(to_string(shape) + " in chunks of " + to_string(grid.chunk));
    const auto boxes = boxes_by_rank(all, 7);
    std::vector<Lists> sent;
    std::vector<std::vector<Piece>> pieces;
    for (int rank = 0; rank < 7; ++rank) {
      pieces.push_back(cut_at_chunks(grid, boxes[static_cast<std::size_t>(rank)], rank));
      sent.push_back(registrations(grid, pieces.back(), 7));
    }
    std::vector<Lists> answers;
    std::int64_t shared = 0;
    for (const Lists& registered : delivered(sent)) {
      Entries entries = resolve_entries(grid, registered, 0);
      EXPECT_FALSE(entries.overlap);
      shared += entries.shared_chunks;
      answers.push_back(entries.answers);
    }
    EXPECT_EQ(shared, count_shared_chunks(shape, grid.chunk, all));
    answers = delivered(answers);
    const auto owners = expected_owners(grid, all);
    std::int64_t cells = 0;
    for (int rank = 0; rank < 7; ++rank) {
      auto& own = pieces[static_cast<std::size_t>(rank)];
      apply_answers(rank, answers[static_cast<std::size_t>(rank)], own);
      for (const Piece& piece : own) {
        EXPECT_EQ(piece.owner, owners.at(piece.chunk));
        EXPECT_TRUE(boxes[static_cast<std::size_t>(rank)][static_cast<std::size_t>(piece.number)].contains(piece.part));
        cells += piece.part.volume();
      }
    }
    std::int64_t put = 0;
    for (const OwnedBox& owned : all) put += owned.box.volume();
    EXPECT_EQ(cells, put);
  }
}

TEST(Directories, TellTheOwnerWhoElseHasCells) {
  const ChunkGrid grid{{10, 4}, {4, 4}};  // chunk 1 holds the rows 4 to 8
  const auto boxes = boxes_by_rank({{{{0, 0}, {5, 4}}, 0, 0}, {{{5, 0}, {10, 3}}, 1, 0}, {{{5, 3}, {10, 4}}, 2, 0}}, 3);
  std::vector<Lists> sent;
  std::vector<std::vector<Piece>> pieces;
  for (int rank = 0; rank < 3; ++rank) {
    pieces.push_back(cut_at_chunks(grid, boxes[static_cast<std::size_t>(rank)], rank));
    sent.push_back(registrations(grid, pieces.back(), 3));
  }
  std::vector<Lists> answers;
  for (const Lists& registered : delivered(sent)) answers.push_back(resolve_entries(grid, registered, 0).answers);
  answers = delivered(answers);
  EXPECT_TRUE(apply_answers(0, answers[0], pieces[0]).empty());
  const auto holdings = apply_answers(1, answers[1], pieces[1]);
  ASSERT_EQ(holdings.size(), 2u);
  EXPECT_EQ(holdings[0].chunk, 1u);
  EXPECT_EQ(holdings[0].own_cells, 9);
  ASSERT_EQ(holdings[0].others.size(), 2u);
  EXPECT_EQ(holdings[0].others[0].rank, 0);
  EXPECT_EQ(holdings[0].others[0].cells, 4);
  EXPECT_EQ(holdings[0].others[1].cells, 3);
  EXPECT_EQ(all_holdings(0, pieces[0], {}).size(), 1u);
}

/// A rank that has all of a chunk in many boxes tells one number of it, not one per box.
TEST(Directories, HearOfAWholeChunkOnce) {
  const ChunkGrid grid{{64, 64}, {32, 32}};
  std::vector<Box> boxes;
  for_each_cell(whole({16, 16}), [&](const Index& at) { boxes.push_back(Box::at({at[0] * 4, at[1] * 4}, {4, 4})); });
  std::size_t words = 0;
  for (const auto& list : registrations(grid, cut_at_chunks(grid, boxes, 0), 5)) words += list.size();
  EXPECT_EQ(words, 4u * 3u);
  boxes.pop_back();
  words = 0;
  for (const auto& list : registrations(grid, cut_at_chunks(grid, boxes, 0), 5)) words += list.size();
  EXPECT_EQ(words, (3u + 63u) * 3u);
}

TEST(Directories, SeeEveryOverlap) {
  std::mt19937 random(4);
  int overlaps = 0;
  for (int round = 0; round < 400; ++round) {
    const Index shape = random_shape(random);
    const ChunkGrid grid{shape, random_chunk(shape, random)};
    auto all = with_holes(random_cover(shape, 12, 4, random), random);
    const auto other = random_cover(shape, 12, 4, random);
    all.insert(all.end(), other.begin(), other.begin() + std::min<std::ptrdiff_t>(1, std::ssize(other)));
    for (std::size_t i = 0; i < all.size(); ++i) all[i].number = static_cast<int>(i);
    const bool overlap = find_overlap(all, all).has_value();
    overlaps += overlap ? 1 : 0;
    EXPECT_EQ(divide(grid, boxes_by_rank(all, 4)).overlap, overlap);
  }
  EXPECT_GT(overlaps, 100);
  EXPECT_LT(overlaps, 390);
}

/// The home ranks' work is spread, also where a field is put along one line or plane only.
TEST(Directories, SpreadTheEntries) {
  for (const std::uint64_t stride : {1u, 7u, 64u, 1024u, 4096u}) {
    std::vector<int> entries(64, 0);
    for (std::uint64_t i = 0; i < 64 * 16; ++i) ++entries[static_cast<std::size_t>(home_rank(i * stride, 64))];
    EXPECT_LE(*std::ranges::max_element(entries), 3 * 16) << stride;
  }
}

}  // namespace
}  // namespace tessera::grid
