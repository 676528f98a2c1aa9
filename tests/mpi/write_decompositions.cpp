#include <gtest/gtest.h>

#include <algorithm>

#include "support/test_file.hpp"

using namespace tessera_test;
using tessera::Box;
using tessera::Grid;
using tessera::Index;

namespace {

/// One field, one step for each way of sharing it.
void write_shared(const Index& shape, const std::vector<Blocks>& ways, const Memory& memory = {}) {
  TestFile file;
  auto run = file.run("run");
  const auto field = run.field<double>("field", Grid{shape});
  const auto vector = run.field<std::int16_t>("vector", Grid{shape}, {.components = 3});
  double time = 0;
  for (const Blocks& blocks : ways) {
    auto step = run.step(time++);
    step.put(field, blocks, memory);
    step.put(vector, blocks);
    step.commit();
  }
  file.close();
}

TEST(WriteDecompositions, HundredOverThreeAndPrimes) {
  const int ranks = world_size();
  write_shared({100, 3, 2}, {slabs({100, 3, 2}, ranks), uneven_slabs({100, 3, 2}, ranks)}, {.halo = {{1}, {1}}});
}

TEST(WriteDecompositions, SlabsAlongEveryAxisAndBricks) {
  const Index shape{17, 13, 11};
  const int ranks = world_size();
  write_shared(shape,
               {slabs(shape, ranks, 0), slabs(shape, ranks, 1), slabs(shape, ranks, 2), bricks(shape, ranks),
                uneven_slabs(shape, ranks, 2)},
               {.halo = {{0, 1, 2}, {2, 0, 1}}, .order = {2, 1, 0}});
}

TEST(WriteDecompositions, InterleavedLayersOfEveryAxis) {
  const Index shape{7, 6, 5};
  const int ranks = world_size();
  write_shared(shape, {interleaved(shape, ranks, 0), interleaved(shape, ranks, 1), interleaved(shape, ranks, 2)},
               {.halo = {{1}, {1}}, .order = {2, 1, 0}});
}

TEST(WriteDecompositions, CheckerboardOfCubes) {
  const Index shape{9, 8, 7};
  const int ranks = world_size();
  write_shared(shape, {checkerboard(shape, ranks, 1), checkerboard(shape, ranks, 2), checkerboard(shape, ranks, 3)},
               {.halo = {{0, 2, 1}, {1, 0, 0}}});
}

TEST(WriteDecompositions, BoxesInAnyOrder) {
  const Index shape{9, 8, 7};
  std::vector<Blocks> ways;
  for (const std::int64_t edge : {2, 3}) {
    Blocks blocks = checkerboard(shape, world_size(), edge);
    for (auto& boxes : blocks) std::reverse(boxes.begin(), boxes.end());
    ways.push_back(blocks);
    for (auto& boxes : blocks) {
      std::rotate(boxes.begin(), boxes.begin() + static_cast<std::ptrdiff_t>(boxes.size() / 3), boxes.end());
    }
    ways.push_back(blocks);
  }
  write_shared(shape, ways, {.halo = {{1}, {1}}});
}

/// A union of boxes that is no box: rows of different lengths.
TEST(WriteDecompositions, BoxesOfDifferentSizesThatInterlock) {
  const Index shape{6, 6};
  std::vector<Box> pieces{{{0, 0}, {2, 4}}, {{0, 4}, {4, 6}}, {{4, 2}, {6, 6}}, {{2, 0}, {6, 2}}, {{2, 2}, {4, 4}}};
  std::vector<Blocks> ways;
  for (std::size_t turn = 0; turn < pieces.size(); ++turn) {
    Blocks blocks(static_cast<std::size_t>(world_size()));
    for (std::size_t i = 0; i < pieces.size(); ++i) blocks[i % blocks.size()].push_back(pieces[i]);
    ways.push_back(blocks);
    std::rotate(pieces.begin(), pieces.begin() + 1, pieces.end());
  }
  write_shared(shape, ways);
}

TEST(WriteDecompositions, RanksThatOwnNothing) {
  const Index shape{5, 4, 3};
  std::vector<Blocks> ways;
  for (int owner = 0; owner < 4; ++owner) ways.push_back(all_on(shape, world_size(), owner % world_size()));
  write_shared(shape, ways);
}

TEST(WriteDecompositions, EmptyBoxes) {
  const Index shape{2, 4, 3};
  Blocks blocks = slabs(shape, world_size());  // the third and fourth rank have an empty one
  for (auto& boxes : blocks) {
    boxes.insert(boxes.begin(), Box{{2, 4, 3}, {2, 4, 3}});
    boxes.push_back(Box{{0, 1, 0}, {2, 1, 3}});
  }
  write_shared(shape, {blocks, slabs(shape, world_size(), 2)}, {.halo = {{1}, {1}}});
}

/// More decompositions than a run remembers plans of; each comes back after the others.
TEST(WriteDecompositions, AnotherDecompositionInEveryStep) {
  const Index shape{10, 9};
  std::vector<Blocks> ways;
  for (int round = 0; round < 2; ++round) {
    for (std::int64_t cut = 0; cut < 90; ++cut) {
      const std::int64_t row = cut / 9;
      const std::int64_t column = cut % 9;
      Blocks blocks(static_cast<std::size_t>(world_size()));
      const std::vector<Box> pieces{{{0, 0}, {row, column}},
                                    {{0, column}, {row, 9}},
                                    {{row, 0}, {10, column}},
                                    {{row, column}, {10, 9}}};
      for (std::size_t i = 0; i < pieces.size(); ++i) blocks[i % blocks.size()].push_back(pieces[i]);
      ways.push_back(blocks);
    }
  }
  write_shared(shape, ways);
}

/// The same boxes of one field with other boxes of a second: plans are by all fields together.
TEST(WriteDecompositions, FieldsWithDecompositionsOfTheirOwn) {
  const Index shape{9, 8, 7};
  TestFile file;
  auto run = file.run("run");
  const auto first = run.field<double>("first", Grid{shape});
  const auto second = run.field<float>("second", Grid{shape}, {.fill = -1.0f});
  const int ranks = file.size();
  for (int n = 0; n < 8; ++n) {
    auto step = run.step(n);
    step.put(first, slabs(shape, ranks, n % 4 < 2 ? 0 : 1));
    if (n % 2 == 0) step.put(second, n < 4 ? interleaved(shape, ranks, 2) : slabs({4, 8, 7}, ranks, 1));
    step.commit();
  }
  file.close();
}

}  // namespace
