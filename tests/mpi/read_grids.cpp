#include <gtest/gtest.h>

#include <complex>
#include <memory>

#include <tessera/tessera.hpp>

#include "support/box_values.hpp"
#include "support/bricks_mesh.hpp"
#include "support/engine.hpp"
#include "support/first_ranks.hpp"
#include "support/stall.hpp"
#include "support/test_file.hpp"

/// \file
/// Grids with axes of all kinds, faces, truth values, complex numbers and meshes: written on n ranks, read on m.

using namespace tessera_test;
using tessera::Box;
using tessera::Coordinates;
using tessera::Grid;
using tessera::Index;
using Complex = std::complex<double>;

namespace {

const Index points{7, 4, 6};
const Index faces{6, 3, 6};  // the last axis is a ring
constexpr int steps = 2;

Complex spectrum_at(int step, const Index& at) {
  return {value_at<double>(1, step, at), value_at<double>(2, step, at)};
}
float flux_at(int step, const Index& at) { return value_at<float>(3, step, at); }
bool mask_at(const Index& at) { return (at[0] + at[1] + at[2]) % 3 == 0; }

/// Planes along the first axis; of more ranks than planes some have none.
Box planes(const Index& shape, int rank, int ranks) {
  Box box{{0, 0, 0}, shape};
  box.lower[0] = shape[0] * rank / ranks;
  box.upper[0] = shape[0] * (rank + 1) / ranks;
  return box;
}

/// One plane further than planes() on both sides, as far as there is one.
Box grown_planes(const Index& shape, int rank, int ranks) {
  Box box = planes(shape, rank, ranks);
  box.lower[0] = std::max<std::int64_t>(0, box.lower[0] - 1);
  box.upper[0] = std::min(shape[0], box.upper[0] + 1);
  return box;
}

/// Boxes of the mesh on so many ranks.
auto scattered(int ranks) {
  return [ranks](std::int64_t box) { return static_cast<int>((box * 7 + box / 5) % ranks); };
}

void write(MPI_Comm comm, const std::string& path, int ranks) {
  tessera::Writer out(comm, path, {.overwrite = true, .statistics = true});
  auto run = out.run("a");
  const Grid grid{points,
                  {.coordinates = {{0, 1, 4, 9, 16, 25, 36}, Coordinates::none(), {}},
                   .periodic = {2},
                   .axes = {"r", "level", "phi"}}};
  const auto spectrum = run.field<Complex>("spectrum", grid, {.chunk = {2, 4, 6}});
  const auto flux = run.field<float>("flux", grid, {.location = tessera::Location::cell, .chunk = {6, 2, 4}});
  const auto mask = run.field<bool>("mask", grid, {.time_dependent = false});
  const Box own = planes(points, world_rank(), ranks);
  const Box own_faces = planes(faces, world_rank(), ranks);
  const auto truth = std::make_unique<bool[]>(static_cast<std::size_t>(own.volume()));
  std::size_t i = 0;
  for (const std::int8_t one : filled<std::int8_t>(own, mask_at)) truth[i++] = one != 0;
  const BricksMesh part(Cut::mixed, world_rank(), scattered(ranks));
  const auto mesh = run.mesh("bricks", part.part(true));
  const auto on_nodes = run.field<double>("on_nodes", mesh.nodes(), {.components = 3});
  const auto in_cells = run.field<double>("in_cells", mesh.cells());
  for (int n = 0; n < steps; ++n) {
    auto step = run.step(n);
    step.put(spectrum, own, filled<Complex>(own, [&](const Index& at) { return spectrum_at(n, at); }));
    step.put(flux, own_faces, filled<float>(own_faces, [&](const Index& at) { return flux_at(n, at); }));
    if (n == 0) step.put(mask, own, truth.get());
    step.put(on_nodes, BricksMesh::values(part.nodes, n, 3));
    step.put(in_cells, BricksMesh::values(part.cells, n));
    is_collective() ? step.commit() : step.commit_async();
  }
  out.close();
}

void read_step(const tessera::StoredRun& run, int n, int ranks) {
  const Box own = grown_planes(points, world_rank(), ranks);
  const Box own_faces = grown_planes(faces, world_rank(), ranks);
  const BricksMesh part(Cut::mixed, world_rank(), scattered(ranks));
  std::vector<Complex> spectrum(static_cast<std::size_t>(own.volume()));
  std::vector<float> flux(static_cast<std::size_t>(own_faces.volume()));
  std::vector<double> on_nodes(3 * part.nodes.size());
  std::vector<double> in_cells(part.cells.size());
  auto step = run.step(n);
  step.get("spectrum", own, spectrum);
  step.get("flux", own_faces, flux);
  step.get_at("on_nodes", part.nodes, on_nodes);
  step.get_at("in_cells", part.cells, in_cells);
  step.read();
  EXPECT_EQ(spectrum, filled<Complex>(own, [&](const Index& at) { return spectrum_at(n, at); }));
  EXPECT_EQ(flux, filled<float>(own_faces, [&](const Index& at) { return flux_at(n, at); }));
  EXPECT_EQ(on_nodes, BricksMesh::values(part.nodes, n, 3));
  EXPECT_EQ(in_cells, BricksMesh::values(part.cells, n));
}

void read_and_compare(MPI_Comm comm, const std::string& path, int ranks) {
  tessera::Reader in(comm, path);
  const auto run = in.run("a");
  ASSERT_EQ(run.steps(), steps);
  for (int n = 0; n < steps; ++n) read_step(run, n, ranks);
  const Box own = grown_planes(points, world_rank(), ranks);
  std::vector<std::int8_t> mask(static_cast<std::size_t>(own.volume()));
  auto statics = run.statics();
  statics.get("mask", own, mask);
  statics.read();
  EXPECT_EQ(mask, filled<std::int8_t>(own, mask_at));
  in.close();
}

TEST(ReadGrids, OnAnyNumberOfRanks) {
  for (int writers = 1; writers <= world_size(); ++writers) {
    const std::string path = output_path("_" + std::to_string(writers) + ".h5");
    const FirstRanks writing(writers);
    if (writing.has_this_rank()) write(writing.comm(), path, writers);
    MPI_Barrier(MPI_COMM_WORLD);
    for (int readers = 1; readers <= world_size(); ++readers) {
      const FirstRanks reading(readers);
      if (reading.has_this_rank()) read_and_compare(reading.comm(), path, readers);
      MPI_Barrier(MPI_COMM_WORLD);
    }
  }
}

/// Boxes that stay the same need no new plan; a rank that asks for another one does.
TEST(ReadPlan, OfTheSameBoxesIsKept) {
  const std::string path = output_path(".h5");
  write(MPI_COMM_WORLD, path, world_size());
  tessera::Reader in(MPI_COMM_WORLD, path);
  const auto run = in.run("a");
  const auto read = [&](int n, const Box& box) {
    std::vector<float> flux(static_cast<std::size_t>(box.volume()));
    auto step = run.step(n);
    step.get("flux", box, flux);
    const std::size_t before = collectives_begun();
    step.read();
    EXPECT_EQ(flux, filled<float>(box, [&](const Index& at) { return flux_at(n, at); }));
    return collectives_begun() - before;
  };
  const Box own = planes(faces, world_rank(), world_size());
  const Box other = world_rank() == world_size() - 1 ? Box{{0, 0, 0}, faces} : own;
  read(0, {{0, 0, 0}, {1, 1, 1}});  // the first one also asks how many processors a rank has
  const std::size_t planned = read(0, own);
  const std::size_t kept = read(1, own);
  EXPECT_EQ(read(0, own), kept);
  EXPECT_LT(kept, planned);
  EXPECT_EQ(read(1, other), world_size() > 1 ? planned : kept);
  EXPECT_EQ(read(0, other), kept);
  in.close();
}

/// Coordinates as they were given: of points, of cells, of dimensions without; bounds are no field.
TEST(ReadGrids, KnowsCoordinates) {
  const std::string path = output_path();
  {
    tessera::Writer out(MPI_COMM_WORLD, path, {.overwrite = true});
    auto run = out.run("a");
    const Grid grid{{4, 3, 2}, {.coordinates = {{0, 1, 10, 100}, Coordinates::none(), {}}}};
    const tessera::FieldOptions<double> filled{.time_dependent = false, .fill = 0};
    run.field<double>("points", grid, filled);
    auto in_cells = filled;
    in_cells.location = tessera::Location::face_x;
    run.field<double>("faces", grid, in_cells);
    out.close();
  }
  tessera::Reader in(MPI_COMM_WORLD, path);
  const auto run = in.run("a");
  EXPECT_EQ(run.fields(), (std::vector<std::string>{"points", "faces"}));
  const auto at_points = run.field("points").grid.options;
  ASSERT_EQ(at_points.coordinates.size(), 3u);
  EXPECT_EQ(at_points.coordinates[0].values(), (std::vector<double>{0, 1, 10, 100}));
  EXPECT_EQ(at_points.coordinates[1].kind(), Coordinates::Kind::none);
  EXPECT_EQ(at_points.coordinates[2].kind(), Coordinates::Kind::uniform);
  const auto at_faces = run.field("faces").grid.options;
  EXPECT_EQ(at_faces.axes, (std::vector<std::string>{"z_cell", "y_cell", "x"}));
  EXPECT_EQ(at_faces.coordinates.at(0).values(), (std::vector<double>{0.5, 5.5, 55}));
  EXPECT_TRUE(at_faces.attributes[0].empty());
  in.close();
}

}  // namespace
