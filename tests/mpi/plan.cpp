#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>

#include <tessera/tessera.hpp>

#include "comm/exchange.hpp"
#include "comm/gather.hpp"
#include "pipeline/division.hpp"
#include "pipeline/plan_cache.hpp"
#include "support/blocks.hpp"
#include "support/for_each_index.hpp"
#include "support/one_plan.hpp"
#include "support/test_file.hpp"

/// \file
/// Who assembles which chunk, and who sends what for it: plans without a file.

using namespace tessera;
using namespace tessera_test;

namespace {

std::int64_t number_of(const Index& shape, const Index& cell) {
  std::int64_t number = 0;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) number = number * shape[axis] + cell[axis];
  return number;
}

Box whole(const Index& shape) { return Box::at(Index::filled(shape.size(), 0), shape); }

/// The numbers of a box's cells in C order.
void append_cells(std::vector<std::int64_t>& cells, const Index& shape, const Box& box) {
  for_each_index(box.extents(), [&](const Index& from_lower) {
    Index cell = from_lower;
    for (std::size_t axis = 0; axis < cell.size(); ++axis) cell[axis] += box.lower[axis];
    cells.push_back(number_of(shape, cell));
  });
}

class Plans : public testing::Test {
 protected:
  const std::vector<Box>& own(const Blocks& blocks) const { return blocks[static_cast<std::size_t>(comm.rank())]; }

  pipeline::ChunkPlan plan(const grid::ChunkGrid& grid, const Blocks& blocks, std::int64_t per_round = 3) const {
    const auto division = divide_one(comm, grid, own(blocks));
    EXPECT_FALSE(division->overlap);
    return *plan_one(comm, division, per_round);
  }

  /// Sends the numbers of cells as the plan says.
  std::vector<std::vector<std::int64_t>> exchanged(const pipeline::ChunkPlan& plan, const Blocks& blocks) const {
    grid::Lists sent(static_cast<std::size_t>(comm.size()));
    for (const pipeline::Outgoing& message : plan.outgoing) {
      auto& list = sent[static_cast<std::size_t>(message.to)];
      const std::size_t before = list.size();
      for (const pipeline::LocalPiece& piece : message.pieces) {
        EXPECT_TRUE(own(blocks)[static_cast<std::size_t>(piece.number)].contains(piece.part));
        append_cells(list, plan.grid.shape, piece.part);
      }
      EXPECT_EQ(list.size() - before, static_cast<std::size_t>(message.cells));
    }
    const grid::Lists received = comm::all_to_all(comm, sent);
    std::vector<std::size_t> taken(received.size(), 0);
    std::vector<std::vector<std::int64_t>> messages;
    for (const pipeline::Incoming& message : plan.incoming) {
      const auto from = static_cast<std::size_t>(message.from);
      EXPECT_LE(taken[from] + static_cast<std::size_t>(message.cells), received[from].size());
      const auto begin = received[from].begin() + static_cast<std::ptrdiff_t>(taken[from]);
      messages.emplace_back(begin, begin + message.cells);
      taken[from] += static_cast<std::size_t>(message.cells);
    }
    for (std::size_t from = 0; from < received.size(); ++from) EXPECT_EQ(taken[from], received[from].size());
    return messages;
  }

  /// Every cell that some rank has is assembled once, in the chunk it belongs to, from where the plan says.
  void expect_complete(const pipeline::ChunkPlan& plan, const Blocks& blocks, std::int64_t per_round) const {
    const auto messages = exchanged(plan, blocks);
    std::vector<std::int64_t> cells;
    std::map<int, std::int64_t> chunks_by_round;
    int round = 0;
    for (const pipeline::OwnChunk& chunk : plan.chunks) {
      EXPECT_GE(chunk.round, round);
      round = chunk.round;
      ++chunks_by_round[round];
      const std::size_t before = cells.size();
      for (const pipeline::LocalPiece& piece : chunk.local) {
        EXPECT_TRUE(plan.grid.cells_of(chunk.number).contains(piece.part));
        EXPECT_TRUE(own(blocks)[static_cast<std::size_t>(piece.number)].contains(piece.part));
        append_cells(cells, plan.grid.shape, piece.part);
      }
      for (const pipeline::RemotePiece& piece : chunk.remote) {
        EXPECT_TRUE(plan.grid.cells_of(chunk.number).contains(piece.part));
        EXPECT_EQ(plan.incoming[piece.message].round, chunk.round);
        std::vector<std::int64_t> wanted;
        append_cells(wanted, plan.grid.shape, piece.part);
        const auto begin = messages[piece.message].begin() + piece.offset;
        EXPECT_TRUE(std::equal(wanted.begin(), wanted.end(), begin));
        cells.insert(cells.end(), wanted.begin(), wanted.end());
      }
      const auto count = static_cast<std::int64_t>(cells.size() - before);
      EXPECT_EQ(chunk.whole, count == plan.grid.chunk_volume());
    }
    for (const auto& [number, count] : chunks_by_round) EXPECT_LE(count, per_round);
    EXPECT_LT(round, std::max(1, plan.rounds));
    const comm::Gathered all = comm::all_gather(comm, cells);
    std::vector<std::int64_t> assembled = all.values;
    std::ranges::sort(assembled);
    std::vector<std::int64_t> put;
    for (const Box& box : flat(blocks)) append_cells(put, plan.grid.shape, box);
    std::ranges::sort(put);
    EXPECT_EQ(assembled, put);
  }

  std::vector<std::int64_t> chunks_of_ranks(const pipeline::ChunkPlan& plan) const {
    return comm::all_gather(comm, {static_cast<std::int64_t>(plan.chunks.size())}).values;
  }

  void expect_balanced(const pipeline::ChunkPlan& plan) const {
    const auto chunks = chunks_of_ranks(plan);
    const std::int64_t total = std::accumulate(chunks.begin(), chunks.end(), std::int64_t{0});
    for (const std::int64_t count : chunks) {
      EXPECT_LE(count * comm.size(), std::max<std::int64_t>(2 * total, comm.size()));
    }
  }

  comm::Communicator comm{MPI_COMM_WORLD};
};

/// The field cut at random faces, some boxes left out; the same on every rank.
Blocks random_blocks(const Index& shape, int ranks, std::size_t count, std::mt19937& random) {
  std::vector<Box> boxes{whole(shape)};
  while (boxes.size() < count) {
    Box& box = boxes[random() % boxes.size()];
    const std::size_t axis = random() % shape.size();
    const std::int64_t extent = box.upper[axis] - box.lower[axis];
    if (extent < 2) continue;
    Box above = box;
    above.lower[axis] = box.upper[axis] = box.lower[axis] + 1 + static_cast<std::int64_t>(random()) % (extent - 1);
    boxes.push_back(above);
  }
  Blocks blocks(static_cast<std::size_t>(ranks));
  for (const Box& box : boxes) {
    if (random() % 8 != 0) blocks[random() % blocks.size()].push_back(box);
  }
  return blocks;
}

TEST_F(Plans, SendNothingWhereChunksFollowTheBlocks) {
  const Index shape{24, 24, 12};
  const pipeline::ChunkPlan made = plan({shape, {2, 4, 3}}, bricks(shape, comm.size()));
  EXPECT_TRUE(made.incoming.empty());
  EXPECT_TRUE(made.outgoing.empty());
  const auto chunks = chunks_of_ranks(made);
  EXPECT_EQ(std::accumulate(chunks.begin(), chunks.end(), std::int64_t{0}), 12 * 6 * 4);
}

TEST_F(Plans, BringEveryCellToOneChunk) {
  std::mt19937 random(11);
  for (int round = 0; round < 40; ++round) {
    const Index shape{17, 13, 11};
    const Index chunk{static_cast<std::int64_t>(1 + random() % 8), static_cast<std::int64_t>(1 + random() % 8),
                      static_cast<std::int64_t>(1 + random() % 8)};
    const Blocks blocks = random_blocks(shape, comm.size(), 1 + random() % 60, random);
    const std::int64_t per_round = static_cast<std::int64_t>(1 + random() % 9);
    const pipeline::ChunkPlan made = plan({shape, chunk}, blocks, per_round);
    expect_complete(made, blocks, per_round);
    expect_balanced(made);
  }
}

TEST_F(Plans, BalanceWhereOneRankHasAllOrMost) {
  const Index shape{16, 12, 10};
  for (int owner = 0; owner < comm.size(); ++owner) {
    const Blocks all = all_on(shape, comm.size(), owner);
    const pipeline::ChunkPlan made = plan({shape, {4, 3, 5}}, all);  // 32 chunks
    expect_complete(made, all, 3);
    expect_balanced(made);
    const auto chunks = chunks_of_ranks(made);
    EXPECT_LE(*std::ranges::max_element(chunks), (32 + comm.size() - 1) / comm.size());
  }
  Blocks most(static_cast<std::size_t>(comm.size()));
  most[0].push_back({{0, 0, 0}, {16, 12, 7}});
  for (std::int64_t layer = 7; layer < 10; ++layer) {
    most[static_cast<std::size_t>(layer) % most.size()].push_back({{0, 0, layer}, {16, 12, layer + 1}});
  }
  const pipeline::ChunkPlan made = plan({shape, {4, 3, 10}}, most);  // 16 chunks, all shared
  expect_complete(made, most, 3);
  expect_balanced(made);
}

TEST_F(Plans, SeeAnOverlapOnEveryRank) {
  const Index shape{16, 12};
  Blocks blocks = slabs(shape, comm.size());
  blocks.back().push_back({{3, 5}, {4, 6}});
  const auto division = divide_one(comm, {shape, {4, 4}}, own(blocks));
  EXPECT_TRUE(division->overlap);
  EXPECT_EQ(division->cells, 16 * 12 + 1);
}

TEST_F(Plans, KnowWhichFieldsAreAlike) {
  pipeline::OwnBoxes boxes;
  const auto rank = static_cast<std::int64_t>(comm.rank());
  for (int field = 0; field < 150; field += 2) boxes[field] = {Box::at({rank * 4}, {4})};
  if (comm.rank() == 0) boxes[149] = {};
  if (comm.rank() == comm.size() - 1) boxes[148] = {Box::at({rank * 4}, {3})};
  const std::vector<bool> left_out = pipeline::fields_left_out(comm, boxes, 151);
  for (int field = 0; field < 151; ++field) {
    EXPECT_EQ(left_out[static_cast<std::size_t>(field)], field == 150 || (field % 2 == 1 && field != 149)) << field;
  }
  const auto with_the_first = [](std::size_t field) { return std::pair(0, static_cast<int>(field)); };
  const std::vector<bool> same = pipeline::have_same_boxes(
      comm, boxes, 150, [] {}, with_the_first);
  for (std::size_t field = 0; field < 150; ++field) EXPECT_EQ(same[field], field < 148 && field % 2 == 0) << field;
}

/// A run that divides its fields anew in every step.
TEST_F(Plans, OfAThousandDecompositionsLeaveNothingBehind) {
  std::mt19937 random(12);
  const grid::ChunkGrid grid{{40, 40}, {5, 5}};
  pipeline::PlanCache cache;
  std::size_t early = 0;
  for (int step = 0; step < 1000; ++step) {
    auto plan = std::make_unique<pipeline::Plan>();
    const Blocks blocks = random_blocks(grid.shape, comm.size(), 50, random);
    plan->own[0] = own(blocks);
    EXPECT_EQ(cache.matches(plan->own), 0u);
    plan->fields = {0};
    plan->chunks[0] = plan_one(comm, divide_one(comm, grid, plan->own[0]), 4);
    cache.prepare(*plan);
    const pipeline::Plan& kept = cache.add(std::move(plan), std::size_t{256} << 10);
    EXPECT_NE(cache.matches(kept.own), 0u);
    EXPECT_LE(cache.memory(), std::size_t{512} << 10);
    if (step == 200) early = mallinfo2().uordblks;
  }
  EXPECT_LE(mallinfo2().uordblks, early + (std::size_t{1} << 20));
}

/// The bytes of plans that explain() reports.
double reported_bytes(const std::string& text) {
  const auto at = text.find("plans: ");
  if (at == std::string::npos) return 0;
  std::size_t length = 0;
  const double value = std::stod(text.substr(at + 7), &length);
  const std::string unit = text.substr(at + 7 + length, 3);
  return value * (unit == " Ki" ? 1024 : unit == " B " ? 1 : 1e9);
}

/// A study of many runs in one file: those that are over do not keep their plans.
TEST_F(Plans, OfManyRunsAreForgotten) {
  std::mt19937 random(13);
  const Index shape{30, 30};
  Writer out(MPI_COMM_WORLD, output_path(".h5"), {.overwrite = true, .memory_budget = std::size_t{512} << 10});
  const std::vector<double> values(30 * 30, 1.0);
  for (int number = 0; number < 30; ++number) {
    auto run = out.run("run_" + std::to_string(number));
    const auto field = run.field<double>("field", Grid{shape}, {.fill = 0, .chunk = {5, 5}});
    const Blocks blocks = random_blocks(shape, comm.size(), 80, random);
    for (int n = 0; n < 2; ++n) {
      auto step = run.step(n);
      for (const Box& box : own(blocks)) step.put(field, box, values.data());
      step.commit();
    }
    EXPECT_GT(reported_bytes(out.explain()), 0);
    // 64 KiB may be kept by other runs and by this one each; and this one's newest.
    EXPECT_LE(reported_bytes(out.explain()), (2 * 64 + 64) * 1024) << out.explain();
  }
  out.close();
}

}  // namespace
