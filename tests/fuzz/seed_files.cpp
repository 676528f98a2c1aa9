#include "seed_files.hpp"

#include <mpi.h>

#include <algorithm>
#include <memory>

namespace tessera_fuzz {

namespace {

using tessera::Grid;
using tessera::Index;
using tessera::StoredRun;
using Complex = std::complex<double>;

// Points of a uniform grid, compressed or not; parameters, a series.

const Index shape{12, 9, 10};
constexpr std::size_t cells = 12 * 9 * 10;

void write_plain(const char* path, int first, int end) {
  tessera::Writer out = opened(path, first, {});
  auto run = out.run("a", {{"viscosity", 0.5}, {"name", "x"}, {"list", std::vector<double>{1, 2}}});
  const Grid grid{shape};
  const auto p = run.field<double>("p", grid, {.unit = "Pa", .chunk = {4, 4, 4}});
  const auto v = run.field<float>("v", grid, {.components = 3, .chunk = {6, 9, 5}});
  const auto raw = run.field<std::int32_t>("raw", grid, {.chunk = {5, 5, 5}, .codec = tessera::Codec::none()});
  const auto mask = run.field<std::int64_t>("mask", grid, {.time_dependent = false, .chunk = {12, 9, 10}});
  for (int n = first; n < end; ++n) {
    auto step = run.step(n);
    step.put(p, all_of(shape), values_of<double>(n, cells));
    step.put(v, all_of(shape), values_of<float>(n, 3 * cells));
    step.put(raw, all_of(shape), values_of<std::int32_t>(n, cells));
    if (n == 0) step.put(mask, all_of(shape), values_of<std::int64_t>(0, cells));
    step.scalar("energy", n);
    step.commit();
  }
  out.close();
}

void read_plain(Reading& reading, const StoredRun& run, int step) {
  reading.expect({run, step, "p", all_of(shape)}, values_of<double>(step, cells));
  reading.expect({run, step, "v", all_of(shape)}, values_of<float>(step, 3 * cells));
  reading.expect({run, step, "raw", all_of(shape)}, values_of<std::int32_t>(step, cells), false);
}

void read_plain_statics(Reading& reading, const StoredRun& run) {
  reading.expect({run, -1, "mask", all_of(shape)}, values_of<std::int64_t>(0, cells));
}

// Axes of all kinds, faces, truth values, complex numbers, statistics, a late field; by commits that do not wait.

const Index points{6, 5, 4};
const Index faces{5, 4, 4};  // along a ring as many cells as points
constexpr std::size_t point_count = 6 * 5 * 4;
constexpr std::size_t face_count = 5 * 4 * 4;

void write_grids(const char* path, int first, int end) {
  tessera::Writer out = opened(path, first, {.statistics = true});
  auto run = out.run("a");
  const Grid grid{points,
                  {.coordinates = {{0, 1, 4, 9, 16, 25}, tessera::Coordinates::none(), {}},
                   .periodic = {2},
                   .axes = {"r", "level", "phi"}}};
  const auto spectrum = run.field<Complex>("spectrum", grid, {.chunk = {3, 5, 4}});
  const auto flux = run.field<float>("flux", grid, {.location = tessera::Location::face_x, .chunk = {2, 4, 2}});
  const auto late = run.field<double>("late", grid, {.fill = -1.0, .chunk = {6, 3, 2}});
  const auto mask = run.field<bool>("mask", grid, {.time_dependent = false, .chunk = {3, 3, 3}});
  const auto stored = truth_values(point_count);
  const auto truth = std::make_unique<bool[]>(point_count);
  for (std::size_t i = 0; i < point_count; ++i) truth[i] = stored[i] != 0;
  for (int n = first; n < end; ++n) {
    auto step = run.step(n);
    step.put(spectrum, all_of(points), values_of<Complex>(n, point_count));
    step.put(flux, all_of(faces), values_of<float>(n, face_count));
    if (n > 0) step.put(late, all_of(points), values_of<double>(n, point_count));
    if (n == 0) step.put(mask, all_of(points), truth.get());
    step.commit_async();
  }
  out.close();
}

void read_grids(Reading& reading, const StoredRun& run, int step) {
  reading.expect({run, step, "spectrum", all_of(points)}, values_of<Complex>(step, point_count));
  reading.expect({run, step, "flux", all_of(faces)}, values_of<float>(step, face_count));
  if (step > 0) reading.expect({run, step, "late", all_of(points)}, values_of<double>(step, point_count));
  reading.attempt([&] { run.statistics("flux"); });
}

void read_grid_statics(Reading& reading, const StoredRun& run) {
  reading.expect({run, -1, "mask", all_of(points)}, truth_values(point_count));
  reading.attempt([&] { run.field("flux"); });
}

// A strip of quadrilaterals and triangles.

constexpr std::int64_t columns = 24;
constexpr std::size_t node_count = 2 * (columns + 1);
constexpr std::size_t cell_count = columns + columns / 2;

tessera::Mesh strip_of(tessera::Run& run, const char* name, const tessera::MeshOptions& options) {
  std::vector<double> coordinates;
  std::vector<tessera::CellType> types;
  std::vector<std::int32_t> nodes;
  for (std::int32_t i = 0; i <= columns; ++i) {
    coordinates.insert(coordinates.end(), {double(i), 0, double(i), 1});
    if (i == columns) break;
    const std::int32_t at = 2 * i;
    if (i % 2 == 0) {
      types.push_back(tessera::CellType::quadrilateral);
      nodes.insert(nodes.end(), {at, at + 2, at + 3, at + 1});
    } else {
      types.insert(types.end(), 2, tessera::CellType::triangle);
      nodes.insert(nodes.end(), {at, at + 2, at + 3, at, at + 3, at + 1});
    }
  }
  return run.mesh(name, {.coordinates = coordinates, .types = types, .connectivity = nodes}, options);
}

void write_mesh(const char* path, int first, int end) {
  tessera::Writer out = opened(path, first, {});
  auto run = out.run("a");
  const auto mesh = strip_of(run, "strip", {.dimensions = 2});
  const auto moving = strip_of(run, "moving", {.dimensions = 2, .position = "place", .version = 1});
  const auto place = run.field<float>("place", moving.nodes(), {.components = 2, .chunk = {20}});
  const auto u = run.field<double>("u", mesh.nodes(), {.components = 3, .chunk = {20}});
  const auto p = run.field<float>("p", mesh.cells(), {.chunk = {16}});
  const auto dot = run.field<std::int64_t>("dot", run.table("dots", {.chunk_rows = 8}));
  for (int n = first; n < end; ++n) {
    auto step = run.step(n);
    step.put(u, values_of<double>(n, 3 * node_count));
    step.put(p, values_of<float>(n, cell_count));
    step.put(place, values_of<float>(n, 2 * node_count));
    step.put(dot, values_of<std::int64_t>(n, 5 * static_cast<std::size_t>(n % 4)));
    step.commit();
  }
  out.close();
}

void read_mesh(Reading& reading, const StoredRun& run, int step) {
  reading.expect({run, step, "u", {{0}, {node_count}}}, values_of<double>(step, 3 * node_count));
  reading.expect({run, step, "p", {{0}, {cell_count}}}, values_of<float>(step, cell_count));
  // No sum guards how many rows there are.
  reading.attempt([&] {
    auto rows = run.step(step);
    std::vector<std::int64_t> dots(static_cast<std::size_t>(std::min<std::int64_t>(1000, rows.rows("dots"))));
    rows.get("dot", {{0}, {dots.size()}}, dots);
    rows.read();
    rows.find_rows("dot", dots);
  });
  reading.expect({run, step, "place_1", {{0}, {node_count}}}, values_of<float>(step, 2 * node_count));
  reading.attempt([&] {
    const std::vector<std::int64_t> places{7, 0, 33};
    std::vector<float> found(places.size());
    auto some = run.step(step);
    some.get_at("p", places, found);
    some.read();
  });
}

void read_mesh_statics(Reading& reading, const StoredRun& run) {
  std::vector<double> x;
  for (std::size_t i = 0; i < node_count; ++i) x.push_back(static_cast<double>(i / 2));
  reading.expect({run, -1, "strip_x", {{0}, {node_count}}}, x);
}

}  // namespace

tessera::Box all_of(const Index& shape) { return {Index::filled(shape.size(), 0), shape}; }

tessera::Writer opened(const char* path, int first, tessera::Options options) {
  options.overwrite = first == 0;
  options.open = first == 0 ? tessera::OpenMode::create : tessera::OpenMode::append;
  return {MPI_COMM_SELF, path, options};
}

std::vector<std::int8_t> truth_values(std::size_t count) {
  std::vector<std::int8_t> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = i % 3 == 0 ? 1 : 0;
  return values;
}

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all{{"plain", write_plain, read_plain, read_plain_statics},
                                     {"grids", write_grids, read_grids, read_grid_statics},
                                     {"mesh", write_mesh, read_mesh, read_mesh_statics},
                                     curvilinear_grids(),
                                     versions_of_a_mesh(),
                                     joined_segments(),
                                     refinements_and_time_axes()};
  return all;
}

}  // namespace tessera_fuzz
