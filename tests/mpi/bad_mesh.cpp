#include <gtest/gtest.h>

#include <tessera/tessera.hpp>

#include <cmath>
#include <functional>

#include "support/bricks_mesh.hpp"
#include "support/same_error.hpp"
#include "support/test_file.hpp"

/// \file
/// Meshes that make no sense on one rank: the same error on all, and the writer goes on.

using namespace tessera_test;
using tessera::CellType;
using tessera::ErrorCode;
using tessera::MeshPart;
using tessera::Writer;

namespace {

int in_turn(std::int64_t box) { return static_cast<int>(box % world_size()); }

/// A part that one rank, the last one, spoils.
class BadMesh : public testing::Test {
 protected:
  using Spoil = std::function<void(BricksMesh&, MeshPart&)>;

  void refuse(const Wanted& wanted, bool by_ids, const Spoil& spoil) {
    BricksMesh own(Cut::hexahedra, world_rank(), in_turn);
    MeshPart part = own.part(by_ids);
    if (world_rank() == world_size() - 1) {
      spoil(own, part);
    }
    expect_error(wanted, [&] { run_.mesh("bad", part); });
    // A good one can be made after it.
    const BricksMesh good(Cut::hexahedra, world_rank(), in_turn);
    EXPECT_GT(run_.mesh("good", good.part(by_ids)).nodes().size(), 0);
  }

  void TearDown() override { out_.close(); }

  Writer out_{MPI_COMM_WORLD, output_path(), {.overwrite = true}};
  tessera::Run run_ = out_.run("r");
  std::set<int> last_{world_size() - 1};
};

TEST_F(BadMesh, NamesANodeThatIsNotThere) {
  refuse({ErrorCode::out_of_bounds,
          {"mesh 'bad'", "cell 1 of this rank names node 999", "counts the rank's own"},
          last_},
         true, [](BricksMesh& own, MeshPart&) { own.connectivity[8] = 999; });
}
TEST_F(BadMesh, HasATypeThatIsNone) {
  refuse({ErrorCode::invalid_argument, {"cell 0", "type 77", "VTK's numbers"}, last_}, false,
         [](BricksMesh&, MeshPart& part) { part.types[0] = static_cast<CellType>(77); });
}
TEST_F(BadMesh, HasAPlaceThatIsNotANumber) {
  refuse({ErrorCode::invalid_argument, {"node 1 of this rank", "not finite"}, last_}, false,
         [](BricksMesh& own, MeshPart&) { own.coordinates[4] = std::nan(""); });
}
TEST_F(BadMesh, HasTooFewCoordinates) {
  refuse({ErrorCode::shape_mismatch, {"coordinates", "MeshOptions::dimensions"}, last_}, false,
         [](BricksMesh&, MeshPart& part) { part.coordinates = part.coordinates.first(part.coordinates.size() - 1); });
}
TEST_F(BadMesh, HasTooShortAConnectivity) {
  refuse({ErrorCode::shape_mismatch, {"the types of the cells ask for"}, last_}, false,
         [](BricksMesh& own, MeshPart& part) {
           part.connectivity = {own.connectivity.data(), own.connectivity.size() - 1};
         });
}
TEST_F(BadMesh, HasCellsWithoutTypes) {
  refuse({ErrorCode::invalid_argument, {"MeshPart::types"}, last_}, false,
         [](BricksMesh&, MeshPart& part) { part.types.clear(); });
}
TEST_F(BadMesh, HasPolygonsWithoutOffsets) {
  refuse({ErrorCode::invalid_argument, {"polygon", "MeshPart::offsets"}, last_}, false,
         [](BricksMesh&, MeshPart& part) { part.types.assign(part.types.size(), CellType::polygon); });
}
TEST_F(BadMesh, HasOffsetsThatDescend) {
  static const std::vector<int> offsets{0, 16, 8, 24};
  refuse({ErrorCode::shape_mismatch, {"the offsets do not ascend"}, last_}, false,
         [](BricksMesh&, MeshPart& part) { part.offsets = offsets; });
}
TEST_F(BadMesh, HasOneIdTooFew) {
  refuse({ErrorCode::shape_mismatch, {"node_ids", "one for each"}, last_}, true, [](BricksMesh& own, MeshPart& part) {
    part.node_ids = {own.nodes.data(), own.nodes.size() - 1};
  });
}
TEST_F(BadMesh, HasAnIdBelowZero) {
  refuse({ErrorCode::invalid_argument, {"cell 0", "the id -3", "count from 0"}, last_}, true,
         [](BricksMesh& own, MeshPart&) { own.cells[0] = -3; });
}
TEST_F(BadMesh, HasANodeTwice) {
  refuse({ErrorCode::overlap, {"the node with the id", "given twice by rank"}}, true,
         [](BricksMesh& own, MeshPart&) { own.nodes[1] = own.nodes[0]; });
}
TEST_F(BadMesh, HasACellOfAnotherRank) {
  if (world_size() == 1) GTEST_SKIP() << "one rank has all cells";
  refuse({ErrorCode::overlap, {"the cell with the id 0", "by ranks 0 and " + std::to_string(world_size() - 1)}}, true,
         [](BricksMesh& own, MeshPart&) { own.cells[0] = 0; });
}
TEST_F(BadMesh, LeavesAnIdOut) {
  refuse({ErrorCode::not_covered, {"cell", "without gaps"}}, true,
         [](BricksMesh& own, MeshPart&) { own.cells[0] = own.all_cells; });
}
TEST_F(BadMesh, HasIdsFarApart) {
  refuse({ErrorCode::not_covered, {"cell_ids go up to 1000000000000", "all ranks together have 24"}}, true,
         [](BricksMesh& own, MeshPart&) { own.cells[0] = 1000000000000; });
}
TEST_F(BadMesh, HasASharedNodeElsewhere) {
  if (world_size() == 1) GTEST_SKIP() << "one rank shares nothing";
  refuse({ErrorCode::ranks_disagree, {"the node with the id", "has the coordinate", "same place"}}, true,
         [](BricksMesh& own, MeshPart&) {
           for (double& value : own.coordinates) value += 1;
         });
}
TEST_F(BadMesh, HasNoIdsWhereOthersHave) {
  if (world_size() == 1) GTEST_SKIP() << "there are no others";
  refuse({ErrorCode::ranks_disagree, {"this rank has no node_ids", "or on none"}, last_}, true,
         [](BricksMesh&, MeshPart& part) { part.node_ids = {}; });
}

TEST_F(BadMesh, IsAnotherOneOnARank) {
  if (world_size() == 1) GTEST_SKIP() << "there are no others";
  const BricksMesh own(Cut::hexahedra, world_rank(), in_turn);
  expect_error({ErrorCode::ranks_disagree, {"mesh('"}},
               [&] { run_.mesh(world_rank() == 0 ? "one" : "other", own.part(true)); });
  expect_error({ErrorCode::ranks_disagree, {"unit"}},
               [&] { run_.mesh("one", own.part(true), {.unit = world_rank() == 0 ? "m" : "cm"}); });
}

TEST_F(BadMesh, IsEmptyEverywhere) {
  expect_error({ErrorCode::invalid_argument, {"no rank gave any nodes"}}, [&] { run_.mesh("none", {}); });
  const std::vector<double> point{1, 2, 3};
  expect_error({ErrorCode::invalid_argument, {"no rank gave any cells"}},
               [&] { run_.mesh("none", {.coordinates = point}); });
}

TEST_F(BadMesh, ComesWhileAStepIsOpen) {
  const BricksMesh own(Cut::hexahedra, world_rank(), in_turn);
  auto step = run_.step(0);
  expect_error({ErrorCode::wrong_order, {"a step of run 'r' is open"}}, [&] { run_.mesh("m", own.part(true)); });
}

/// Puts of fields on a mesh that go wrong.
class BadMeshPut : public BadMesh {
 protected:
  BricksMesh own_{Cut::hexahedra, world_rank(), in_turn};
  tessera::Mesh by_ids_ = run_.mesh("ids", own_.part(true));
  tessera::Mesh parts_ = run_.mesh("parts", own_.part(false));
  bool is_last_ = world_rank() == world_size() - 1;
};

TEST_F(BadMeshPut, OfOneRankIsMissing) {
  if (world_size() == 1) GTEST_SKIP() << "there are no others";
  const auto p = run_.field<double>("p", by_ids_.cells(), {.fill = 0.0});
  const auto q = run_.field<double>("q", parts_.cells(), {.time_dependent = false});
  {
    auto step = run_.step(0);
    if (!is_last_) step.put(p, BricksMesh::values(own_.cells, 0));
    expect_error({ErrorCode::not_covered, {"field 'p'", "every rank puts"}}, [&] { step.commit(); });
  }
  auto step = run_.statics();
  if (!is_last_) step.put(q, BricksMesh::values(own_.cells, 0));
  expect_error({ErrorCode::not_covered,
                {"field 'q'", "rank " + std::to_string(world_size() - 1) + " put nothing", "part of the mesh"}},
               [&] { step.commit(); });
}

TEST_F(BadMeshPut, IsTooShort) {
  for (const bool by_ids : {true, false}) {
    const auto u = run_.field<double>(by_ids ? "u" : "v", (by_ids ? by_ids_ : parts_).nodes(), {.fill = 0.0});
    auto step = run_.step(0);
    auto values = BricksMesh::values(own_.nodes, 0);
    if (is_last_) values.pop_back();
    step.put(u, values);
    expect_error({ErrorCode::shape_mismatch, {by_ids ? "field 'u'" : "field 'v'"}, last_}, [&] { step.commit(); });
  }
}

TEST_F(BadMeshPut, ComesTwice) {
  const auto p = run_.field<double>("p", by_ids_.cells());
  const auto values = BricksMesh::values(own_.cells, 0);
  if (world_size() == 1) GTEST_SKIP() << "one rank has its own order in the file";
  auto step = run_.step(0);
  step.put(p, values);
  if (is_last_) step.put(p, values);
  expect_error({ErrorCode::overlap, {"field 'p'", "twice"}, last_}, [&] { step.commit(); });
}

TEST_F(BadMeshPut, HasABoxWhereThereAreIds) {
  if (world_size() == 1) GTEST_SKIP() << "one rank has its own order in the file";
  const auto p = run_.field<double>("p", by_ids_.cells());
  const double value = 0;
  auto step = run_.step(0);
  step.put(p, {{0}, {1}}, &value);
  expect_error({ErrorCode::wrong_order, {"field 'p'", "without a box"}}, [&] { step.commit(); });
}

TEST_F(BadMeshPut, HasNoBoxOnAGrid) {
  const auto t = run_.field<double>("t", tessera::Grid{{4}});
  const std::vector<double> values(4);
  auto step = run_.step(0);
  step.put(t, values);
  expect_error({ErrorCode::wrong_order, {"field 't'", "which box"}}, [&] { step.commit(); });
}

TEST_F(BadMeshPut, IsOnAMeshOfAnotherRun) {
  auto other = out_.run("other");
  expect_error({ErrorCode::wrong_order, {"field 'p' of run 'other'", "Run::mesh"}},
               [&] { other.field<double>("p", by_ids_.cells()); });
  expect_error({ErrorCode::wrong_order, {"field 'p'"}}, [&] { other.field<double>("p", tessera::MeshSpace()); });
}

}  // namespace
