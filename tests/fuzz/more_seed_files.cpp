#include <string>
#include <vector>

#include "../support/row_of_squares.hpp"
#include "seed_files.hpp"

namespace tessera_fuzz {

namespace {

using tessera::Box;
using tessera::Grid;
using tessera::Index;
using tessera::StoredRun;

// A curvilinear grid that moves, on the Earth; components with names.

const Index plane{9, 11};
constexpr std::size_t plane_points = 9 * 11;

void write_curved(const char* path, int first, int end) {
  tessera::Writer out = opened(path, first, {});
  auto run = out.run("a");
  const Grid grid{plane,
                  {.axes = {"j", "i"},
                   .places = {"lon", "lat"},
                   .mapping = {"pole",
                               {{"grid_mapping_name", "rotated_latitude_longitude"},
                                {"grid_north_pole_latitude", 39.25}}}}};
  const auto lon = run.field<double>("lon", grid, {.unit = "degrees_east", .chunk = {4, 5}});
  const auto lat = run.field<float>("lat", grid, {.unit = "degrees_north", .time_dependent = false, .chunk = {9, 11}});
  const auto wind = run.field<float>(
      "wind", grid,
      {.component_names = {"east", "north"}, .component_axis = "direction", .fill = -1.0f, .chunk = {5, 11}});
  for (int n = first; n < end; ++n) {
    auto step = run.step(n);
    step.put(lon, all_of(plane), values_of<double>(n, plane_points));
    if (n == 0) step.put(lat, all_of(plane), values_of<float>(0, plane_points));
    step.put(wind, all_of(plane), values_of<float>(n, 2 * plane_points));
    step.commit();
  }
  out.close();
}

void read_curved(Reading& reading, const StoredRun& run, int step) {
  reading.expect({run, step, "lon", all_of(plane)}, values_of<double>(step, plane_points));
  reading.expect({run, step, "wind", all_of(plane)}, values_of<float>(step, 2 * plane_points));
}

void read_curved_statics(Reading& reading, const StoredRun& run) {
  reading.expect({run, -1, "lat", all_of(plane)}, values_of<float>(0, plane_points));
}

// A mesh of squares in a row, one more in each version; its nodes move.

std::int64_t squares_of(int version) { return 10 + 3 * version; }
std::size_t nodes_of(int version) { return static_cast<std::size_t>(2 * (squares_of(version) + 1)); }
int version_of(int step) { return step == 0 ? 1 : 2; }

tessera::Mesh squares(tessera::Run& run, int version) {
  const tessera_test::RowOfSquares all(squares_of(version), 0, 1);
  return run.mesh("row", all.part(), {.dimensions = 2, .position = "place", .version = version});
}

void write_versions(const char* path, int first, int end) {
  tessera::Writer out = opened(path, first, {});
  auto run = out.run("a");
  for (int n = first; n < end; ++n) {
    const int version = version_of(n);
    const auto mesh = squares(run, version);
    const auto place = run.field<double>("place", mesh.nodes(), {.component_names = {"x", "y"}, .chunk = {8}});
    const auto kind = run.field<std::int32_t>("kind", mesh.cells(), {.fill = -1, .chunk = {7}});
    auto step = run.step(n);
    step.put(place, values_of<double>(n, 2 * nodes_of(version)));
    step.put(kind, values_of<std::int32_t>(n, static_cast<std::size_t>(squares_of(version))));
    step.commit();
  }
  out.close();
}

void read_versions(Reading& reading, const StoredRun& run, int step) {
  const int version = version_of(step);
  const std::string number = "_" + std::to_string(version);
  const std::int64_t cells = squares_of(version);
  const auto nodes = nodes_of(version);
  reading.expect({run, step, "place" + number, {{0}, {static_cast<std::int64_t>(nodes)}}},
                 values_of<double>(step, 2 * nodes));
  reading.expect({run, step, "kind" + number, {{0}, {cells}}},
                 values_of<std::int32_t>(step, static_cast<std::size_t>(cells)));
}

void read_versions_statics(Reading& reading, const StoredRun& run) {
  reading.attempt([&] { run.scalar("row_version"); });
  reading.attempt([&] {
    auto statics = run.statics();
    std::vector<std::int64_t> nodes(4 * static_cast<std::size_t>(squares_of(1)));
    statics.get("row_1_connectivity", {{0}, {squares_of(1)}}, nodes);
    statics.read();
  });
}

// A file that shows two others side by side. No job can continue it.

const Index half{20, 20, 20};
constexpr std::size_t half_cells = 20 * 20 * 20;

Box box_of(int part) { return {{20 * part, 0, 0}, {20 * (part + 1), 20, 20}}; }

void continue_joined(const char* path, int first, int end) {
  tessera::Writer out = opened(path, first, {});
  auto run = out.run("a");
  const auto p = run.field<double>("p", Grid{{40, 20, 20}});
  for (int n = first; n < end; ++n) {
    auto step = run.step(n);
    for (int part = 0; part < 2; ++part) step.put(p, box_of(part), values_of<double>(2 * n + part, half_cells));
    step.scalar("energy", n);
    step.commit();
  }
  out.close();
}

void write_joined(const char* path, int first, int end) {
  if (first > 0) return continue_joined(path, first, end);
  std::vector<std::string> names;
  for (int part = 0; part < 2; ++part) {
    names.push_back("part_" + std::to_string(part) + ".h5");
    tessera::Writer out = opened(names.back().c_str(), first, {});
    auto run = out.run("a");
    const auto p = run.field<double>("p", Grid{half, {.origin = {20.0 * part, 0, 0}}}, {.chunk = {10, 20, 20}});
    for (int n = first; n < end; ++n) {
      auto step = run.step(n);
      step.put(p, all_of(half), values_of<double>(2 * n + part, half_cells));
      step.scalar("energy", n);
      step.commit();
    }
    out.close();
  }
  tessera::join_segments(path, names, {.overwrite = true});
}

void read_joined(Reading& reading, const StoredRun& run, int step) {
  for (int part = 0; part < 2; ++part) {
    reading.expect({run, step, "p", box_of(part)}, values_of<double>(2 * step + part, half_cells));
  }
}

void read_joined_statics(Reading& reading, const StoredRun& run) {
  reading.attempt([&] { run.scalar("energy"); });
}

}  // namespace

Kind curvilinear_grids() { return {"curvilinear", write_curved, read_curved, read_curved_statics}; }
Kind versions_of_a_mesh() { return {"versions", write_versions, read_versions, read_versions_statics}; }
Kind joined_segments() { return {"joined", write_joined, read_joined, read_joined_statics}; }

}  // namespace tessera_fuzz
