#include "paraview/mesh_parts.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include <tessera/error.hpp>

#include "paraview/scene.hpp"

namespace tessera::paraview {
namespace {

using Cells = std::vector<std::vector<std::int64_t>>;

/// A mesh, as a study would have it: a list of nodes, and offsets.
struct Stored {
  std::vector<std::int64_t> offsets{0};
  std::vector<std::int64_t> nodes;
  SceneMesh mesh;

  Stored(std::int64_t node_count, const Cells& cells) {
    for (const auto& cell : cells) {
      nodes.insert(nodes.end(), cell.begin(), cell.end());
      offsets.push_back(std::ssize(nodes));
    }
    mesh.name = "m";
    mesh.nodes = node_count;
    mesh.cells = std::ssize(cells);
    mesh.connectivity = std::ssize(nodes);
    mesh.offsets = "/offsets";
    mesh.list = "/list";
  }

  ReadRows reader() const {
    return [this](const std::string& path, std::int64_t begin, std::int64_t rows, std::span<std::int64_t> values) {
      const auto& all = path == "/offsets" ? offsets : nodes;
      std::copy_n(all.begin() + begin, rows, values.begin());
    };
  }

  std::vector<ScenePart> parts(std::int64_t most, std::int64_t most_blocks = 1 << 20) const {
    return parts_of(mesh, most, reader(), most_blocks);
  }
};

/// Cells between neighbours in a row; `number` of each node.
template <class Number>
Cells row_of(std::int64_t cells, const Number& number) {
  Cells result;
  for (std::int64_t i = 0; i < cells; ++i) result.push_back({number(i), number(i + 1)});
  return result;
}

/// Every cell is in one part, in order, with its nodes in the part; every node in one or more.
std::int64_t check(const Stored& stored, const std::vector<ScenePart>& parts) {
  std::int64_t cell = 0;
  std::int64_t nodes = 0;
  std::vector<bool> has(static_cast<std::size_t>(stored.mesh.nodes));
  for (const ScenePart& part : parts) {
    EXPECT_EQ(part.first_cell, cell);
    EXPECT_EQ(part.first_connectivity, stored.offsets[static_cast<std::size_t>(cell)]);
    cell += part.cells;
    const std::int64_t end = part.first_connectivity + part.connectivity;
    EXPECT_EQ(end, stored.offsets[static_cast<std::size_t>(cell)]);
    for (std::int64_t i = part.first_connectivity; i < end; ++i) {
      const std::int64_t node = stored.nodes[static_cast<std::size_t>(i)];
      EXPECT_TRUE(node >= part.first_node && node < part.first_node + part.nodes) << node;
    }
    EXPECT_TRUE(part.first_node >= 0 && part.first_node + part.nodes <= stored.mesh.nodes);
    std::fill_n(has.begin() + part.first_node, part.nodes, true);
    nodes += part.nodes;
  }
  EXPECT_EQ(cell, stored.mesh.cells);
  EXPECT_EQ(std::ranges::count(has, false), 0);
  EXPECT_LE(static_cast<double>(nodes), most_nodes_of_parts * static_cast<double>(stored.mesh.nodes));
  return nodes;
}

TEST(MeshPartsTest, ShareOneNodeWithEachNeighbourInARow) {
  const Stored row(101, row_of(100, [](std::int64_t i) { return i; }));
  const auto parts = row.parts(4);
  ASSERT_EQ(parts.size(), 4u);
  EXPECT_EQ(check(row, parts), 101 + 3);
  for (const ScenePart& part : parts) EXPECT_EQ(part.cells, 25);
}

/// As ranks give them without ids: each has numbers of its own range, in any order.
TEST(MeshPartsTest, AreCutBetweenRanks) {
  Cells cells;
  std::int64_t before = 0;
  for (const std::int64_t count : {20, 0, 31, 24, 25}) {
    for (auto cell : row_of(count, [&](std::int64_t i) { return before + i * 7 % (count + 1); })) cells.push_back(cell);
    if (count > 0) before += count + 1;
  }
  const Stored ranks(before, cells);
  for (const std::int64_t most_blocks : {1000, 30, 15}) {
    const auto parts = ranks.parts(4, most_blocks);
    ASSERT_EQ(parts.size(), 4u) << most_blocks;
    EXPECT_EQ(check(ranks, parts), before) << most_blocks;
    EXPECT_EQ(parts[1].first_cell, 20);
    EXPECT_EQ(parts[3].first_cell, 75);
  }
}

TEST(MeshPartsTest, AreFewerWhereTheyWouldShareTooMuch) {
  constexpr std::int64_t width = 10;  // each layer shares this many
  Cells cells;
  for (std::int64_t layer = 0; layer < 9; ++layer) {
    for (std::int64_t i = 0; i + 1 < width; ++i) {
      const std::int64_t first = layer * width + i;
      cells.push_back({first, first + 1, first + width + 1, first + width});
    }
  }
  const Stored layers(10 * width, cells);
  const auto parts = layers.parts(8);
  EXPECT_EQ(parts.size(), 3u);  // 2 layers of 10 nodes twice
  EXPECT_EQ(check(layers, parts), 10 * width + 2 * width);
}

TEST(MeshPartsTest, AreOneWhereNumbersAreScattered) {
  const Stored scattered(101, row_of(100, [](std::int64_t i) { return i * 37 % 101; }));
  const auto parts = scattered.parts(8);
  ASSERT_EQ(parts.size(), 1u);
  check(scattered, parts);
}

/// Nodes of the second body come first.
TEST(MeshPartsTest, NeedNotHaveTheOrderOfTheNodes) {
  Cells cells = row_of(50, [](std::int64_t i) { return 51 + i; });
  for (auto& cell : row_of(50, [](std::int64_t i) { return i; })) cells.push_back(cell);
  const Stored bodies(102, cells);
  const auto parts = bodies.parts(2);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(check(bodies, parts), 102);
  EXPECT_EQ(parts[0].first_node, 51);
}

TEST(MeshPartsTest, HaveNodesThatNoCellHas) {
  const Stored gaps(60, row_of(20, [](std::int64_t i) { return 5 + i + (i > 10 ? 9 : 0); }));
  EXPECT_EQ(gaps.parts(2).size(), 2u);
  check(gaps, gaps.parts(2));
}

TEST(MeshPartsTest, AreNotMoreThanCells) {
  const Stored one(4, {{0, 1, 2, 3}});
  EXPECT_EQ(one.parts(50).size(), 1u);
  const Stored apart(30, {{0, 1, 2}, {}, {10, 11, 12}, {20, 21, 29}});  // a cell without nodes
  EXPECT_EQ(apart.parts(50).size(), 4u);
  check(apart, apart.parts(50));
  EXPECT_EQ(Stored(0, {}).parts(50).size(), 1u);
}

TEST(MeshPartsTest, AreNotMadeOfADamagedMesh) {
  Stored wrong(101, row_of(100, [](std::int64_t i) { return i; }));
  wrong.nodes[30] = 101;
  EXPECT_THROW(wrong.parts(2), Error);
  wrong.nodes[30] = -1;
  EXPECT_THROW(wrong.parts(2), Error);
  wrong.nodes[30] = 15;
  wrong.offsets[40] = 1 << 30;
  EXPECT_THROW(wrong.parts(2), Error);
}

}  // namespace
}  // namespace tessera::paraview
