#include <gtest/gtest.h>

#include <tessera/tessera.hpp>

#include "mesh_version.hpp"
#include "support/bricks_mesh.hpp"
#include "support/engine.hpp"
#include "support/outside.hpp"
#include "support/same_error.hpp"
#include "support/test_file.hpp"

/// \file
/// Meshes whose nodes move; what travels, and what makes no sense. tests/interop/check_mesh_in_vtk.py compares all of
/// it in ParaView.

using namespace tessera_test;
using tessera::Writer;

namespace {

/// Each node moves by its id, and with time.
std::vector<double> places(const BricksMesh& own, int step, std::size_t dimensions = 3) {
  std::vector<double> result;
  for (std::size_t i = 0; i < own.nodes.size(); ++i) {
    for (std::size_t k = 0; k < dimensions; ++k)
      result.push_back(own.coordinates[3 * i + k] + 0.01 * step * static_cast<double>(own.nodes[i]));
  }
  return result;
}

void write_moving(const char* file, Cut cut, bool by_ids) {
  const BricksMesh own(cut, world_rank(), scattered);
  Writer out(MPI_COMM_WORLD, file, {.overwrite = true, .paraview = tessera::SideFiles::both});
  auto run = out.run("r");
  const auto mesh = run.mesh("bricks", own.part(by_ids), {.unit = "m", .position = "place"});
  const auto place = run.field<double>("place", mesh.nodes(), {.unit = "m", .components = 3});
  const auto p = run.field<float>("p", mesh.cells());
  for (int n = 0; n < 3; ++n) {
    auto step = run.step(0.5 * n);
    step.put(place, places(own, n));
    const auto values = BricksMesh::values(own.cells, n);
    step.put(p, std::vector<float>(values.begin(), values.end()));
    step.commit();
  }
  out.close();
}

TEST(ChangingMesh, ThatMoves) {
  write_moving("moving.h5", Cut::tetrahedra, true);
  write_moving("moving_mixed.h5", Cut::mixed, false);
}

/// Names of the components say how many there are.
TEST(ChangingMesh, ThatMovesByNamedComponents) {
  const BricksMesh own(Cut::tetrahedra, world_rank(), scattered);
  Writer out(MPI_COMM_WORLD, "moving_named.h5", {.overwrite = true});
  auto run = out.run("r");
  const auto mesh = run.mesh("bricks", own.part(true), {.position = "place"});
  expect_error({tessera::ErrorCode::invalid_argument, {"'place'", "2 components", "3 coordinates"}}, [&] {
    run.field<double>("place", mesh.nodes(), {.component_names = {"x", "y"}});
  });
  const auto place = run.field<double>("place", mesh.nodes(), {.component_names = {"x", "y", "z"}});
  auto step = run.step(0);
  step.put(place, places(own, 0));
  step.commit();
  out.close();
}

/// Triangles in the plane, with places of single precision.
TEST(ChangingMesh, ThatMovesInThePlane) {
  const double r = world_rank();
  const std::vector<double> xy{r, 0, r + 1, 0, r, 1};
  const std::vector<int> corners{0, 1, 2};
  Writer out(MPI_COMM_WORLD, "moving_plane.h5", {.overwrite = true, .paraview = tessera::SideFiles::both});
  auto run = out.run("r");
  const auto mesh =
      run.mesh("plane", {.coordinates = xy, .types = {tessera::CellType::triangle}, .connectivity = corners},
               {.dimensions = 2, .position = "place"});
  const auto place = run.field<float>("place", mesh.nodes(), {.components = 2});
  const auto p = run.field<float>("p", mesh.nodes());
  for (int n = 0; n < 2; ++n) {
    auto step = run.step(n);
    std::vector<float> moved;
    for (const double x : xy) moved.push_back(static_cast<float>(x * (1 + n)));
    step.put(place, moved);
    step.put(p, std::vector<float>(3, static_cast<float>(n)));
    step.commit();
  }
  out.close();
}

/// VTK reads no float16: side files leave such fields out, and places of nodes are not stored so.
TEST(ChangingMesh, InHalfPrecision) {
  Writer out(MPI_COMM_WORLD, "versions_half.h5", {.overwrite = true, .paraview = tessera::SideFiles::both});
  auto run = out.run("r");
  for (int version = 1; version < 3; ++version) {
    const BricksMesh own(version == 1 ? Cut::hexahedra : Cut::tetrahedra, world_rank(), scattered);
    const auto mesh = run.mesh("bricks", own.part(true), {.version = version});
    const auto half = run.field<float>("half", mesh.nodes(), {.precision = tessera::Precision::half});
    const auto whole = run.field<float>("whole", mesh.nodes());
    auto step = run.step(version);
    const std::vector<float> values(own.nodes.size(), static_cast<float>(version));
    step.put(half, tessera::copied(values));
    step.put(whole, tessera::copied(values));
    step.commit();
  }
  out.close();
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  const std::string script = R"(
with h5py.File("versions_half.r.vtkhdf") as f:
    print(sorted(f["VTKHDF/PointData"]))
)";
  EXPECT_EQ(python(script, ""), "['whole']");
}

/// Copies of all values of a step that travel are within the budget, or none is made.
TEST(ChangingMesh, TakesNoMoreMemoryThanTheBudget) {
  if (is_collective()) GTEST_SKIP() << "the budget is the direct engine's";
  const BricksMesh own(Cut::tetrahedra, world_rank(), scattered);
  Writer out(MPI_COMM_WORLD, "mesh_budget.h5", {.overwrite = true, .memory_budget = 4000});
  auto run = out.run("r");
  const auto mesh = run.mesh("bricks", own.part(true));
  const auto u = run.field<double>("u", mesh.nodes(), {.components = 9, .fill = 0.0});
  const auto f = run.field<double>("f", mesh.nodes(), {.fill = 0.0});
  const auto write = [&](bool with_u) {
    auto step = run.step(static_cast<double>(run.steps()));
    if (with_u) step.put(u, BricksMesh::values(own.nodes, 0, 9));
    step.put(f, BricksMesh::values(own.nodes, 0));
    step.commit();
  };
  write(false);
  if (world_size() == 1) {
    expect_error({tessera::ErrorCode::out_of_memory, {"meshes with ids", "memory_budget allows 4000"}},
                 [&] { write(true); });
  }
  EXPECT_EQ(run.steps(), 1);
  write(false);
  out.close();
}

/// So are those that are made of values which do not lie in memory as in the file, and messages.
TEST(ChangingMesh, CountsWhatItPacksAndSends) {
  if (is_collective()) GTEST_SKIP() << "the budget is the direct engine's";
  const BricksMesh own(Cut::tetrahedra, world_rank(), scattered);
  const auto values = BricksMesh::values(own.nodes, 0, 3);
  // What the file has of this rank, 12 bytes a node, and not as much again for the values as float.
  const std::size_t budget = 18 * own.nodes.size();
  Writer out(MPI_COMM_WORLD, "mesh_packed.h5",
             {.overwrite = true, .memory_budget = world_size() == 1 ? budget : std::size_t{1000}});
  auto run = out.run("r");
  const auto mesh = run.mesh("bricks", own.part(true));
  const auto u =
      run.field<double>("u", mesh.nodes(), {.components = 3, .fill = 0.0, .precision = tessera::Precision::single});
  auto step = run.step(0);
  step.put(u, values);
  expect_error({tessera::ErrorCode::out_of_memory, {"messages", "memory_budget allows"}}, [&] { step.commit(); });
  out.close();
}

TEST(ChangingMesh, RefusesWhatMakesNoSense) {
  const BricksMesh own(Cut::hexahedra, world_rank(), scattered);
  Writer out(MPI_COMM_WORLD, "changing_bad.h5", {.overwrite = true});
  auto run = out.run("r");
  using tessera::ErrorCode;
  expect_error({ErrorCode::invalid_argument, {"'m'", "version is -1", "count from 1"}},
               [&] { run.mesh("m", own.part(true), {.version = -1}); });
  expect_error({ErrorCode::ranks_disagree, {}}, [&] {
    if (world_size() == 1) throw tessera::Error(ErrorCode::ranks_disagree, "one rank agrees with itself");
    run.mesh("m", own.part(true), {.version = 1 + world_rank() % 2});
  });
  const auto mesh = run.mesh("m", own.part(true), {.position = "place", .version = 1});
  expect_error({ErrorCode::invalid_argument, {"'place'", "half precision"}}, [&] {
    run.field<float>("place", mesh.nodes(), {.components = 3, .precision = tessera::Precision::half});
  });
  expect_error({ErrorCode::wrong_order, {"version 1 of mesh 'm'", "versions increase"}},
               [&] { run.mesh("m", own.part(true), {.version = 1}); });
  expect_error({ErrorCode::invalid_argument, {"'place'", "lies in cells"}},
               [&] { run.field<double>("place", mesh.cells(), {.components = 3}); });
  expect_error({ErrorCode::invalid_argument, {"'place'", "2 components", "3 coordinates"}},
               [&] { run.field<double>("place", mesh.nodes(), {.components = 2}); });
  expect_error({ErrorCode::invalid_argument, {"'place'", "is a tensor"}}, [&] {
    run.field<double>("place", mesh.nodes(), {.tensor_axes = {{.length = 3}, {.name = "one", .length = 1}}});
  });
  expect_error({ErrorCode::invalid_argument, {"'place'", "integers"}},
               [&] { run.field<int>("place", mesh.nodes(), {.components = 3}); });
  expect_error({ErrorCode::invalid_argument, {"'kind'", "version", "FieldOptions::fill"}},
               [&] { run.field<int>("kind", mesh.cells()); });
  expect_error({ErrorCode::name_in_use, {"'m_version'", "the library does"}}, [&] {
    auto step = run.step(0);
    step.scalar("m_version", 3);
    step.commit();
  });
  out.close();
}

}  // namespace
