#include "hdf5/growing_places.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "hdf5/free_record.hpp"
#include "memory_file.hpp"
#include "numbered_steps.hpp"
#include "schema/layout.hpp"

namespace tessera::hdf5 {
namespace {

GrowingChunk chunk_of(std::size_t bytes, bool is_complete = false) {
  GrowingChunk chunk;
  chunk.bytes.resize(bytes);
  chunk.most = 4096;
  chunk.is_complete = is_complete;
  return chunk;
}

/// Trees that take turns: each commit brings the one up to date that lacks most.
struct Trees {
  explicit Trees(std::size_t count) : applied(count, 0) {}

  std::uint64_t commit(const GrowingChunk& chunk, std::int64_t first_step = 0, bool succeeds = true) {
    const std::size_t idle = number % applied.size();
    std::vector<std::size_t> others = applied;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(idle));
    const std::uint64_t kept = space.end();
    const std::uint64_t address = places.take("/r/p", first_step, chunk, others, space);
    if (!succeeds) {
      space.give_back(kept);
      places.failed(false, kept);
      return address;
    }
    places.committed(number++);
    applied[idle] = number;
    return address;
  }

  Space space;
  GrowingPlaces places;
  std::size_t number = 0;
  std::vector<std::size_t> applied;
};

TEST(GrowingPlaces, TakeTurnsAsTreesDo) {
  Trees two(2);
  const std::uint64_t a = two.commit(chunk_of(600));
  const std::uint64_t b = two.commit(chunk_of(600));
  EXPECT_NE(a, b);
  const std::uint64_t end = two.space.end();
  for (int turn = 0; turn < 5; ++turn) {
    EXPECT_EQ(two.commit(chunk_of(700)), a);
    EXPECT_EQ(two.commit(chunk_of(800)), b);
  }
  EXPECT_EQ(two.space.end(), end);
  Trees three(3);
  const std::uint64_t first = three.commit(chunk_of(600));
  EXPECT_NE(three.commit(chunk_of(600)), first);
  EXPECT_NE(three.commit(chunk_of(600)), first);
  EXPECT_EQ(three.commit(chunk_of(600)), first);
}

TEST(GrowingPlaces, ServeTheNextChunkWhenOneIsComplete) {
  Trees two(2);
  const std::uint64_t a = two.commit(chunk_of(600));
  const std::uint64_t b = two.commit(chunk_of(600));
  const std::uint64_t complete = two.commit(chunk_of(601, true));
  EXPECT_EQ(two.space.end(), complete + 608);  // no more than it takes
  EXPECT_TRUE(two.commit(chunk_of(600), 512) == b || two.commit(chunk_of(600), 512) == a);
  EXPECT_EQ(two.space.end(), complete + 608);
}

/// One that the next chunk follows before it is complete is what all trees refer to.
TEST(GrowingPlaces, StayWithAChunkThatIsNotComplete) {
  Trees two(2);
  two.commit(chunk_of(600));
  const std::uint64_t left = two.commit(chunk_of(600));
  for (int step = 0; step < 6; ++step) EXPECT_NE(two.commit(chunk_of(600), 512), left);
  for (const Extent& extent : two.places.unused({})) EXPECT_FALSE(extent.begin <= left && left < extent.end);
}

TEST(GrowingPlaces, OfAChunkThatOutgrowsThem) {
  Trees two(2);
  for (const std::size_t bytes : {100, 600, 1500, 3000, 4000, 4096}) two.commit(chunk_of(bytes));
  EXPECT_LE(two.space.end() - Space::first, 2u * (512 + 1024 + 2048 + 4096));
}

TEST(GrowingPlaces, AreAsBeforeWhenACommitFailed) {
  Trees two(2);
  const std::uint64_t a = two.commit(chunk_of(600));
  const std::uint64_t failed = two.commit(chunk_of(600), 0, false);
  const std::uint64_t b = two.commit(chunk_of(600));
  EXPECT_EQ(failed, b);
  EXPECT_EQ(two.commit(chunk_of(600), 0, false), a);
  EXPECT_EQ(two.commit(chunk_of(600)), a);
  EXPECT_TRUE(two.places.has("/r/p"));
  EXPECT_FALSE(two.places.has("/r/q"));
}

/// What the last tree does not refer to, and the rest of what it refers to.
TEST(GrowingPlaces, AreUnusedInTheEnd) {
  Trees two(2);
  const std::uint64_t a = two.commit(chunk_of(600));
  const std::uint64_t b = two.commit(chunk_of(600));
  const auto unused = two.places.unused({});
  ASSERT_EQ(unused.size(), 2u);
  EXPECT_EQ(unused[0], (Extent{a, a + 1024}));
  EXPECT_EQ(unused[1], (Extent{b + 600, b + 1024}));
  EXPECT_EQ(two.places.unused(1), (std::vector<Extent>{{a + 600, a + 1024}, {b + 600, b + 1024}}));
}

/// One that is given up lags behind the others, and somebody still reads what it refers to.
TEST(GrowingPlaces, OfATreeThatIsGivenUp) {
  Trees three(3);
  for (int turn = 0; turn < 2; ++turn) three.commit(chunk_of(600));
  const std::uint64_t read = three.commit(chunk_of(600));
  three.commit(chunk_of(600));
  three.places.leave(three.applied[2]);
  three.applied.pop_back();
  for (int turn = 0; turn < 6; ++turn) EXPECT_NE(three.commit(chunk_of(600)), read);
  for (const Extent& extent : three.places.unused({})) EXPECT_FALSE(extent.begin <= read && read < extent.end);
}

constexpr std::int64_t steps_in_chunk = 8;

/// As record_of(), of a field whose chunks have several steps.
Record growing_record(TreeSet& trees, MemoryFile& file, std::int64_t number) {
  Record record = record_of(trees, file, number);
  for (auto& operation : record.definitions) {
    auto* made = std::get_if<schema::CreateDataset>(&operation);
    if (made != nullptr && made->path == "/r/f") made->chunk[0] = steps_in_chunk;
  }
  const std::int64_t first = number - number % steps_in_chunk;
  record.chunks = {{"/r/f", first, {4, 4}, {1, 1}, false, {}, 0, steps_in_chunk}};
  std::vector<double> values;
  for (std::int64_t step = first; step < first + steps_in_chunk; ++step) {
    values.insert(values.end(), 16, static_cast<double>(step));
  }
  const auto bytes = std::as_bytes(std::span(values));
  record.growing = {{0, {bytes.begin(), bytes.end()}, bytes.size(), number + 1 == first + steps_in_chunk, {}}};
  return record;
}

/// Where nothing is synced, a power failure leaves the superblock before the last one, beside what close() told.
TEST(GrowingPlaces, OfTheTreeBeforeTheLastOneAreNotToldWhereNothingIsSynced) {
  for (const bool power_safe : {false, true}) {
    MemoryFile file;
    std::vector<std::byte> superblock;
    {
      TreeSet trees(file, {.grace = std::chrono::milliseconds(0), .power_safe = power_safe});
      for (std::int64_t step = 0; step < 13; ++step) {
        superblock.assign(file.bytes.begin(), file.bytes.begin() + 48);
        trees.commit(growing_record(trees, file, step));
      }
      trees.close();
    }
    EXPECT_EQ(steps_in(file), 13);
    std::ranges::copy(superblock, file.bytes.begin());
    EXPECT_EQ(steps_in(file), 12);
    TreeSet before(file, {}, TreeSet::Found{});
    const auto chunk = before.stored_chunk("/r/f", 8);
    ASSERT_TRUE(chunk);
    FreeRecord::Bytes bytes;
    file.read(FreeRecord::offset, bytes);
    const auto told = FreeRecord::read(bytes, before.end());
    ASSERT_TRUE(told);
    const bool is_free = std::ranges::any_of(told->chunks, [&](const Extent& extent) {
      return extent.begin < chunk->extent.end && chunk->extent.begin < extent.end;
    });
    EXPECT_EQ(is_free, power_safe);
  }
}

}  // namespace
}  // namespace tessera::hdf5
