#include <gtest/gtest.h>

#include <tessera/tessera.hpp>

#include "support/bricks_mesh.hpp"
#include "support/engine.hpp"
#include "support/failing_files.hpp"
#include "support/outside.hpp"
#include "support/same_error.hpp"
#include "support/test_file.hpp"

/// \file
/// Meshes whose nodes move, and meshes that change. tests/interop/check_mesh_in_vtk.py compares all of it in ParaView.

using namespace tessera_test;
using tessera::Writer;

namespace {

int scattered(std::int64_t box) { return static_cast<int>((box * 7 + box / 5) % world_size()); }
/// The first rank has nothing where there are several.
int uneven(std::int64_t box) { return world_size() > 1 ? 1 + static_cast<int>(box % (world_size() - 1)) : 0; }

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

/// Versions of the mesh with fields of the same names.
struct Version {
  BricksMesh own;
  tessera::Mesh mesh;
  tessera::Field<double> u;
  tessera::Field<std::int32_t> kind;
  tessera::Field<std::uint8_t> material;

  Version(tessera::Run& run, int number, Cut cut, int (*owner)(std::int64_t))
      : own(cut, world_rank(), owner), mesh(run.mesh("bricks", own.part(true), {.unit = "m", .version = number})),
        u(run.field<double>("u", mesh.nodes(), {.components = 3})),
        kind(run.field<std::int32_t>("kind", mesh.cells(), {.fill = -1})),
        material(run.field<std::uint8_t>("material", mesh.cells(),
                                         {.time_dependent = false,
                                          .attributes = tessera::flags({{0, "steel"}, {1, "soft rubber"}})})) {}

  void write(tessera::Run& run, int n, bool with_material = false) const {
    auto step = run.step(0.25 * n);
    put(step, n, with_material);
    step.commit();
  }

  void put(tessera::Step& step, int n, bool with_material = false) const {
    step.put(u, BricksMesh::values(own.nodes, n, 3));
    std::vector<std::int32_t> kinds;
    std::vector<std::uint8_t> materials;
    for (const std::int64_t cell : own.cells) kinds.push_back(static_cast<std::int32_t>(cell + n));
    for (const std::int64_t cell : own.cells) materials.push_back(static_cast<std::uint8_t>(cell % 2));
    step.put(kind, std::move(kinds));
    if (with_material) step.put(material, std::move(materials));
  }
};

TEST(ChangingMesh, HasAVersionForEachStep) {
  {
    Writer out(MPI_COMM_WORLD, "versions.h5", {.overwrite = true, .paraview = tessera::SideFiles::both});
    auto run = out.run("r");
    const Version first(run, 1, Cut::hexahedra, scattered);
    first.write(run, 0, true);
    first.write(run, 1);
    const Version second(run, 2, Cut::tetrahedra, uneven);
    second.write(run, 2, true);
    expect_error({tessera::ErrorCode::wrong_order, {"'u_1'", "version 1 of mesh 'bricks'", "version 2 has replaced"}},
                 [&] { first.write(run, 3); });
    second.write(run, 3);
    const Version third(run, 5, Cut::mixed, scattered);
    third.write(run, 4, true);
    out.close();
  }
  tessera::Reader in(MPI_COMM_WORLD, "versions.h5");
  EXPECT_EQ(in.run("r").scalar("bricks_version"), (std::vector<double>{1, 1, 2, 2, 5}));
  const BricksMesh own(Cut::tetrahedra, world_rank(), scattered);
  std::vector<double> u(3 * own.nodes.size(), -1);
  auto step = in.run("r").step(3);
  step.get_at("u_2", own.nodes, u);
  step.read();
  EXPECT_EQ(u, BricksMesh::values(own.nodes, 3, 3));
}

TEST(ChangingMesh, GoesOnInAnotherJob) {
  if (is_collective()) GTEST_SKIP() << "the collective engine does not continue files";
  {
    Writer out(MPI_COMM_WORLD, "versions_appended.h5", {.overwrite = true, .paraview = tessera::SideFiles::both});
    auto run = out.run("r");
    Version(run, 1, Cut::hexahedra, scattered).write(run, 0, true);
    const Version second(run, 2, Cut::tetrahedra, uneven);
    for (int n = 1; n < 4; ++n) second.write(run, n, n == 1);
    out.close();
  }
  Writer out(MPI_COMM_WORLD, "versions_appended.h5",
             {.open = tessera::OpenMode::append, .paraview = tessera::SideFiles::both});
  auto run = out.run("r");
  run.keep(2);
  expect_error({tessera::ErrorCode::wrong_order, {"version 1 of mesh 'bricks'", "after version 2"}},
               [&] { Version(run, 1, Cut::hexahedra, uneven); });
  const Version second(run, 2, Cut::tetrahedra, scattered);
  second.write(run, 2);
  const Version third(run, 3, Cut::hexahedra, scattered);
  third.write(run, 3, true);
  out.close();
}

/// Run::keep drops steps, and not what is declared for those to come.
TEST(ChangingMesh, KeepsItsVersionWhenStepsAreDropped) {
  if (is_collective()) GTEST_SKIP() << "the collective engine does not continue files";
  const char* file = "versions_kept.h5";
  {
    Writer out(MPI_COMM_WORLD, file, {.overwrite = true, .paraview = tessera::SideFiles::both});
    auto run = out.run("r");
    const Version first(run, 1, Cut::hexahedra, scattered);
    for (int n = 0; n < 2; ++n) first.write(run, n, n == 0);
    const Version second(run, 2, Cut::tetrahedra, scattered);
    for (int n = 2; n < 4; ++n) second.write(run, n, n == 2);
    out.close();
  }
  const auto go_on = [&](int version, bool is_new, std::int64_t keep, std::vector<double> versions) {
    Writer out(MPI_COMM_WORLD, file, {.open = tessera::OpenMode::append, .paraview = tessera::SideFiles::both});
    auto run = out.run("r");
    const Version next(run, version, Cut::tetrahedra, scattered);
    run.keep(keep);
    next.write(run, static_cast<int>(keep), is_new);
    auto step = run.step(10);
    step.scalar("s", 1);
    step.commit();
    out.close();
    EXPECT_EQ(tessera::Reader(MPI_COMM_WORLD, file).run("r").scalar("bricks_version"), versions);
  };
  go_on(3, true, 2, {1, 1, 3, 3});
  go_on(3, false, 1, {1, 3, 3});
}

/// A job that ends before the first step of a version leaves nothing of it: the next one may have other cells there.
TEST(ChangingMesh, MayEndBeforeAVersionHasAStep) {
  if (is_collective()) GTEST_SKIP() << "the collective engine does not continue files";
  const char* file = "versions_lost.h5";
  for (const bool has_steps : {true, false}) {
    const int version = has_steps ? 2 : 1;
    {
      Writer out(MPI_COMM_WORLD, file, {.overwrite = true});
      auto run = out.run("r");
      if (has_steps) Version(run, 1, Cut::hexahedra, scattered).write(run, 0, true);
      const Version lost(run, version, Cut::mixed, scattered);
      if (!has_steps) out.close();  // else it ends as a job does that is killed
    }
    Writer out(MPI_COMM_WORLD, file, {.open = tessera::OpenMode::append});
    auto run = out.run("r");
    ASSERT_EQ(run.steps(), has_steps ? 1 : 0);
    const Version next(run, version, Cut::tetrahedra, uneven);
    next.write(run, version - 1, true);
    out.close();
    tessera::Reader in(MPI_COMM_WORLD, file);
    std::vector<std::int32_t> kinds(next.own.cells.size(), -1);
    auto step = in.run("r").last();
    step.get_at("kind_" + std::to_string(version), next.own.cells, kinds);
    step.read();
    for (std::size_t i = 0; i < kinds.size(); ++i) EXPECT_EQ(kinds[i], next.own.cells[i] + version - 1);
  }
}

/// The first step of a version may fail; the next one brings it in. Also without waiting.
TEST(ChangingMesh, ComesWithTheFirstStepThatSucceeds) {
  const char* file = "versions_late.h5";
  Writer out(MPI_COMM_WORLD, file, {.overwrite = true, .steps_in_flight = 2});
  auto run = out.run("r");
  const Version only(run, 1, Cut::tetrahedra, scattered);
  {
    auto step = run.step(0);
    if (world_rank() == 0) step.put(only.u, std::vector<double>(1));
    expect_error({tessera::ErrorCode::shape_mismatch, {"'u_1'"}}, [&] { step.commit(); });
  }
  for (int n = 0; n < 3; ++n) {
    auto step = run.step(n);
    step.put(only.u, tessera::copied(BricksMesh::values(only.own.nodes, n, 3)));
    step.put(only.kind, tessera::copied(std::vector<std::int32_t>(only.own.cells.size(), n)));
    step.commit_async();
  }
  out.close();
  tessera::Reader in(MPI_COMM_WORLD, file);
  EXPECT_EQ(in.run("r").scalar("bricks_version"), (std::vector<double>{1, 1, 1}));
  std::vector<double> x(only.own.nodes.size());
  auto step = in.run("r").statics();
  step.get_at("bricks_1_x", only.own.nodes, x);
  step.read();
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_EQ(x[i], only.own.coordinates[3 * i]);
}

/// The commit that brings it in fails, as one before it has, and is done again.
TEST(ChangingMesh, ComesWithAStepThatIsCommittedAgain) {
  if (is_collective()) GTEST_SKIP() << "the collective engine has no steps in flight";
  const FailingFiles files;
  const char* file = "versions_again.h5";
  Writer out(MPI_COMM_WORLD, file, {.overwrite = true, .steps_in_flight = 2});
  auto run = out.run("r");
  auto beside = out.run("beside");
  const auto values = beside.field<double>("values", tessera::Grid{{100 * world_size()}});
  const auto put_values = [&](tessera::Step& step) {
    step.put(values, {{100 * world_rank()}, {100 * (world_rank() + 1)}}, tessera::copied(std::vector<double>(100, 1)));
  };
  auto sound = beside.step(0);
  put_values(sound);
  sound.commit();
  const Version only(run, 1, Cut::tetrahedra, scattered);
  auto step = run.step(0);
  only.put(step, 0, true);
  auto lost = beside.step(1);
  put_values(lost);
  FailingFiles::fail = true;
  lost.commit_async();
  expect_error({tessera::ErrorCode::storage, {"step 1", "as the test wants it"}}, [&] { step.commit(); });
  FailingFiles::fail = false;
  step.commit();
  only.write(run, 1);
  out.close();
  tessera::Reader in(MPI_COMM_WORLD, file);
  EXPECT_EQ(in.run("r").scalar("bricks_version"), (std::vector<double>{1, 1}));
  std::vector<double> x(only.own.nodes.size());
  auto statics = in.run("r").statics();
  statics.get_at("bricks_1_x", only.own.nodes, x);
  statics.read();
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_EQ(x[i], only.own.coordinates[3 * i]);
}

/// Nor of the series that says which version steps have: the name is free, and the mesh may come without versions.
TEST(ChangingMesh, LeavesNoSeriesWhereNoVersionCame) {
  const char* file = "versions_never.h5";
  const BricksMesh own(Cut::hexahedra, world_rank(), scattered);
  const auto write_scalar = [](tessera::Run& run, const char* name, double time) {
    auto step = run.step(time);
    step.scalar(name, time);
    step.commit();
  };
  {
    Writer out(MPI_COMM_WORLD, file, {.overwrite = true});
    auto run = out.run("r");
    write_scalar(run, "s", 1);
    const Version lost(run, 1, Cut::mixed, scattered);
    out.close();
  }
  EXPECT_EQ(tessera::Reader(MPI_COMM_WORLD, file).run("r").scalars(), std::vector<std::string>{"s"});
  if (is_collective()) return;
  Writer out(MPI_COMM_WORLD, file, {.open = tessera::OpenMode::append});
  auto run = out.run("r");
  run.mesh("bricks", own.part(true));
  write_scalar(run, "bricks_version", 2);
  out.close();
}

/// A name has versions, or none; also in a job that goes on.
TEST(ChangingMesh, HasVersionsOrNone) {
  const BricksMesh own(Cut::hexahedra, world_rank(), scattered);
  const auto refuse_others = [&](tessera::Run& run) {
    expect_error({tessera::ErrorCode::name_in_use, {"'stays'", "without a version", "another name"}},
                 [&] { run.mesh("stays", own.part(true), {.version = 3}); });
    expect_error({tessera::ErrorCode::name_in_use, {"'changes'", "has versions", "MeshOptions::version"}},
                 [&] { run.mesh("changes", own.part(true)); });
  };
  {
    Writer out(MPI_COMM_WORLD, "versions_or_none.h5", {.overwrite = true});
    auto run = out.run("r");
    run.mesh("stays", own.part(true));
    run.mesh("changes", own.part(true), {.version = 1});
    refuse_others(run);
    auto step = run.step(0);
    step.scalar("s", 1);
    step.commit();
    refuse_others(run);
    out.close();
  }
  if (is_collective()) return;
  Writer out(MPI_COMM_WORLD, "versions_or_none.h5", {.open = tessera::OpenMode::append});
  auto run = out.run("r");
  refuse_others(run);
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
