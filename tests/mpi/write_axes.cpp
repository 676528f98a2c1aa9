#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <numbers>
#include <vector>

#include "support/engine.hpp"
#include "support/test_file.hpp"

/// \file
/// Axes other than those of a uniform grid of points or cells: without coordinates, stretched, closed to a ring; and
/// fields that lie on points along one axis and in cells along another.

using namespace tessera_test;
using tessera::Coordinates;
using tessera::Grid;
using tessera::Index;
using tessera::Location;

namespace {

/// Layers that get thicker upwards, from 0.
std::vector<double> layers(std::int64_t points) {
  std::vector<double> values;
  for (std::int64_t i = 0; i < points; ++i) values.push_back(std::expm1(0.25 * static_cast<double>(i)));
  return values;
}

/// A step with all of these fields, in slabs: of more ranks than layers some have nothing.
template <class... Fields>
void write_step(TestRun& run, double time, const Fields&... fields) {
  auto step = run.step(time);
  (step.put(fields, slabs(fields.shape(), world_size(), fields.shape().size() - 1)), ...);
  step.commit();
}

TEST(WriteAxes, DimensionsWithoutCoordinates) {
  TestFile file;
  auto run = file.run("run");
  const Grid mixed{{5, 3, 4}, {.spacing = {0.5}, .coordinates = {{}, Coordinates::none(), {}}, .unit = "m"}};
  const Grid bare{{5, 3}, {.coordinates = {Coordinates::none()}, .axes = {"node", "species"}}};
  const auto points = run.field<double>("points", mixed);
  const auto cells = run.field<double>("cells", mixed, {.location = Location::cell});
  const auto vectors = run.field<float>("vectors", bare, {.components = 2});
  const auto numbers = run.field<std::int32_t>("numbers", bare, {.time_dependent = false});
  auto statics = run.statics();
  statics.put(numbers, slabs({5, 3}, file.size()));
  statics.commit();
  for (int n = 0; n < 2; ++n) write_step(run, n, points, cells, vectors);
  file.close();
}

/// No byte per point, as many as there are.
TEST(WriteAxes, ALongDimensionWithoutCoordinatesTakesNoSpace) {
  TestFile file;
  auto run = file.run("run");
  const Grid nodes{{5'000'000}, {.coordinates = {Coordinates::none()}, .axes = {"node"}}};
  const auto field = run.field<std::int8_t>("kind", nodes, {.fill = std::int8_t{0}});
  auto step = run.step(0);
  step.put(field, slabs({12}, file.size()));
  step.commit();
  file.close();
  if (is_collective()) return;
  EXPECT_LT(std::filesystem::file_size(file.path()), 200'000u);
}

TEST(WriteAxes, CoordinatesAsValues) {
  TestFile file;
  auto run = file.run("run");
  const Grid grid{{7, 4, 6},
                  {.spacing = {0.1},
                   .coordinates = {layers(7), {3, 1, 0.5, -20}, {}},
                   .unit = "m",
                   .attributes = {{{"positive", "up"}}, {}, {}}}};
  const auto points = run.field<double>("points", grid);
  const auto cells = run.field<double>("cells", grid, {.location = Location::cell});
  const auto pairs = run.field<float>("pairs", grid, {.location = Location::cell, .components = 2});
  const auto levels = run.field<double>(
      "levels",
      Grid{{7}, {.coordinates = {layers(7)}, .axes = {"z"}, .unit = "m", .attributes = {{{"positive", "up"}}}}});
  for (int n = 0; n < 2; ++n) write_step(run, n, points, cells, pairs, levels);
  file.close();
}

/// Cells alone, whose two ends need a dimension of their own; one point; two.
TEST(WriteAxes, BoundsOfCells) {
  TestFile file;
  auto run = file.run("run");
  const auto cells = run.field<double>("cells", Grid{{5, 1, 2}, {.coordinates = {layers(5), {0.75}, {-1, 1}}}},
                                       {.location = Location::cell});
  const auto line = run.field<double>("line", Grid{{4}, {.coordinates = {layers(4)}, .axes = {"r"}}});
  write_step(run, 0, cells, line);
  file.close();
}

/// Rank 0's are written, where others differ by rounding or know none; from other containers, too.
TEST(WriteAxes, CoordinatesOfRankZero) {
  TestFile file;
  auto run = file.run("run");
  std::vector<double> own = layers(6);
  if (file.rank() > 0) own[3] = std::nextafter(own[3], 100.0);
  const std::vector<float> rough{0.5f, 0.75f, 4};
  const auto rounded = run.field<double>("rounded", Grid{{6, 3}, {.coordinates = {own, rough}, .axes = {"a", "b"}}});
  const Coordinates alone = Coordinates::of_rank_0(file.rank() == 0 ? layers(6) : std::vector<double>{});
  const auto known = run.field<double>("known", Grid{{6, 3}, {.coordinates = {alone, {}}, .axes = {"c", "d"}}},
                                       {.location = Location::cell});
  write_step(run, 0, rounded, known);
  file.close();
}

/// The fields of a staggered grid share the axes that they have in common.
TEST(WriteAxes, FacesAndEdges) {
  TestFile file;
  auto run = file.run("run");
  const Grid grid{{5, 4, 6}, {.spacing = {0.5}, .coordinates = {layers(5), {}, {}}, .unit = "m"}};
  const auto on = [&](const char* name, Location location) {
    return run.field<double>(name, grid, {.location = location});
  };
  const auto p = on("p", Location::cell);
  const auto u = on("u", Location::face_x);
  const auto v = on("v", Location::face_y);
  const auto w = on("w", Location::face_z);
  const auto a = on("a", Location::edge_x);
  const auto b = on("b", Location::edge_y);
  const auto c = on("c", Location::edge_z);
  const auto same_as_w = on("same_as_w", Location::edge_x | Location::edge_y);
  EXPECT_EQ(u.shape(), (Index{4, 3, 6}));
  EXPECT_EQ(c.shape(), (Index{4, 4, 6}));
  write_step(run, 0, p, u, v, w, a, b, c, same_as_w);
  auto plane = file.run("plane");
  const auto flux = plane.field<double>("flux", Grid{{3, 4}}, {.location = Location::face_y});
  const auto line = plane.field<double>("line", Grid{{3, 4}}, {.location = Location::edge_x});
  write_step(plane, 0, flux, line);
  file.close();
}

/// As many cells as points along a ring, the last one behind the last point.
TEST(WriteAxes, PeriodicAxes) {
  TestFile file;
  auto run = file.run("run");
  constexpr double turn = 2 * std::numbers::pi;
  const Grid uniform{{4, 6}, {.spacing = {1, turn / 6}, .periodic = {1}, .axes = {"r", "phi"}}};
  const Grid stretched{{4}, {.coordinates = {{0, 1, 2, 4, 10}}, .periodic = {0}, .axes = {"x"}}};
  const Grid one{{1}, {.spacing = {2}, .periodic = {0}, .axes = {"y"}}};
  const auto on = [&](const char* name, const Grid& grid, Location location) {
    return run.field<double>(name, grid, {.location = location});
  };
  const auto cells = on("cells", uniform, Location::cell);
  const auto faces = on("faces", uniform, Location::face_y);
  EXPECT_EQ(cells.shape(), (Index{3, 6}));
  const auto points = on("points", stretched, Location::point);
  const auto between = on("between", stretched, Location::cell);
  const auto only = on("only", one, Location::cell);
  write_step(run, 0, cells, faces, points, between, only);
  file.close();
}

}  // namespace
