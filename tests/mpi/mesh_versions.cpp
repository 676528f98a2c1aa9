#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include <tessera/tessera.hpp>

#include "mesh_version.hpp"
#include "support/bricks_mesh.hpp"
#include "support/engine.hpp"
#include "support/failing_files.hpp"
#include "support/same_error.hpp"
#include "support/test_file.hpp"

/// \file
/// Meshes that are replaced by others, in one job and in several.

using namespace tessera_test;
using tessera::Writer;

namespace {

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

}  // namespace
