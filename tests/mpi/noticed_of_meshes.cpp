#include <gtest/gtest.h>

#include <tessera/tessera.hpp>

#include "support/bricks_mesh.hpp"
#include "support/engine.hpp"
#include "support/same_error.hpp"
#include "support/test_file.hpp"

/// \file
/// What is noticed of a mesh: that it is another one when a job goes on, a rank that is missing, that it cannot be
/// shown.

using namespace tessera_test;
using tessera::Writer;

namespace {

int scattered(std::int64_t box) { return static_cast<int>((box * 7 + box / 5) % world_size()); }

/// Places are compared up to rounding when a job goes on: those of one node alone, too.
TEST(NoticedOfMeshes, IsKnownAgainByItsPlaces) {
  if (is_collective()) GTEST_SKIP() << "the collective engine does not continue files";
  const BricksMesh own(Cut::tetrahedra, world_rank(), scattered);
  const auto go_on = [&](const std::vector<double>& coordinates, tessera::OpenMode open) {
    Writer out(MPI_COMM_WORLD, "same_places.h5", {.overwrite = open == tessera::OpenMode::create, .open = open});
    auto run = out.run("r");
    auto part = own.part(true);
    part.coordinates = coordinates;
    run.mesh("bricks", part);
    out.close();
  };
  const auto refuse = [&](const std::vector<double>& coordinates) {
    expect_error({tessera::ErrorCode::name_in_use, {"'bricks'", "its nodes are at other places"}},
                 [&] { go_on(coordinates, tessera::OpenMode::append); });
  };
  // The largest coordinate is 4: with 1/6, 1.5 times it is a power of two, up to rounding.
  for (const double scale : {1.0 / 6, 0.1}) {
    const auto changed = [&](auto change) {
      std::vector<double> coordinates = own.coordinates;
      for (std::size_t i = 0; i < coordinates.size(); ++i)
        coordinates[i] = change(coordinates[i] * scale, own.nodes[i / 3], i % 3);
      return coordinates;
    };
    const auto times = [&](double factor) {
      return changed([&](double place, std::int64_t, std::size_t) { return place * factor; });
    };
    go_on(times(1), tessera::OpenMode::create);
    for (const double rounding : {1e-15, -1e-15, 1e-7, -1e-7, 9e-7, -9e-7})
      go_on(times(1 + rounding), tessera::OpenMode::append);
    go_on(changed([](double place, std::int64_t, std::size_t) { return static_cast<float>(place); }),
          tessera::OpenMode::append);
    // Nodes that ranks share count as the lowest rank has them, which may be another one in the next job.
    const double by_rank = 4e-7 * scale * world_rank();
    go_on(changed([&](double place, std::int64_t, std::size_t) { return place + by_rank; }), tessera::OpenMode::append);
    refuse(times(1 + 1e-4));
    refuse(times(2));
    refuse(changed([&](double place, std::int64_t node, std::size_t axis) {
      return node == 17 && axis == 1 ? place + 0.01 * scale : place;  // on every rank that has it
    }));
  }
}

/// A rank that forgets its put: also where the library has given the field a fill value, or had to be given one.
TEST(NoticedOfMeshes, LacksNoRank) {
  if (world_size() == 1) GTEST_SKIP() << "there are no others";
  const BricksMesh own(Cut::hexahedra, world_rank(), scattered);
  const bool is_last = world_rank() == world_size() - 1;
  for (const bool by_ids : {true, false}) {
    Writer out(MPI_COMM_WORLD, "lacks_no_rank.h5", {.overwrite = true});
    auto run = out.run("r");
    const auto mesh = run.mesh("bricks", own.part(by_ids), {.version = 1});
    const auto u = run.field<double>("u", mesh.nodes());
    const auto kind = run.field<std::int32_t>("kind", mesh.cells(), {.fill = -1});
    const auto refuse = [&](const std::string& name, auto put) {
      auto step = run.step(static_cast<double>(run.steps()));
      if (!is_last) put(step);
      expect_error({tessera::ErrorCode::not_covered, {"field '" + name + "'", "every rank puts"}},
                   [&] { step.commit(); });
    };
    refuse("u_1", [&](tessera::Step& step) { step.put(u, BricksMesh::values(own.nodes, 0)); });
    refuse("kind_1",
           [&](tessera::Step& step) { step.put(kind, std::vector<std::int32_t>(own.cells.size(), world_rank())); });
    auto step = run.step(static_cast<double>(run.steps()));
    step.put(u, BricksMesh::values(own.nodes, 0));
    step.commit();
    EXPECT_EQ(run.steps(), 1);
    out.close();
  }
}

/// That a mesh cannot be shown is said once, whether or not a table beside it can be.
TEST(NoticedOfMeshes, IsToldOfOnce) {
  const BricksMesh own(Cut::mixed, world_rank(), scattered);
  testing::internal::CaptureStderr();
  {
    Writer out(MPI_COMM_WORLD, "told_once.h5", {.overwrite = true, .paraview = tessera::SideFiles::xdmf});
    auto run = out.run("r");
    const auto mesh = run.mesh("bricks", own.part(true));
    const auto p = run.field<double>("p", mesh.cells());
    const auto particles = run.table("particles", {.position = "place"});
    const auto place = run.field<double>("place", particles, {.components = 3});
    for (int n = 0; n < 4; ++n) {
      auto step = run.step(n);
      step.put(p, BricksMesh::values(own.cells, n));
      step.put(place, std::vector<double>(3, world_rank()));
      step.commit();
    }
    out.close();
  }
  const std::string said = testing::internal::GetCapturedStderr();
  const std::string words = "cannot show";
  EXPECT_EQ(said.find(words) != said.npos, world_rank() == 0) << said;
  EXPECT_EQ(said.find(words), said.rfind(words)) << said;
}

}  // namespace
