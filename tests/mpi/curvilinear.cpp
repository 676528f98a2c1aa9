#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include <tessera/reader.hpp>
#include <tessera/writer.hpp>

#include "support/engine.hpp"
#include "support/outside.hpp"
#include "support/same_error.hpp"
#include "support/test_file.hpp"

/// \file
/// Curvilinear grids: the places of their points are fields.

using namespace tessera_test;
using tessera::Box;
using tessera::Coordinates;
using tessera::ErrorCode;
using tessera::Field;
using tessera::Grid;
using tessera::GridMapping;
using tessera::Index;
using tessera::Location;
using tessera::Reader;
using tessera::Writer;

namespace {

/// This rank's planes along the first axis, each value its number in the field, and a bit.
template <class T>
void put(tessera::Step& step, const Field<T>& field, const Index& shape, double more = 0) {
  Box box{Index::filled(shape.size(), 0), shape};
  const std::int64_t plane = box.volume() / shape[0];
  box.lower[0] = shape[0] * world_rank() / world_size();
  box.upper[0] = shape[0] * (world_rank() + 1) / world_size();
  std::vector<T> values;
  for (std::int64_t i = box.lower[0] * plane; i < box.upper[0] * plane; ++i)
    values.push_back(static_cast<T>(static_cast<double>(i) + more));
  if (!box.empty()) step.put(field, box, tessera::copied(values));
}

const GridMapping rotated{"rotated_pole",
                          {{"grid_mapping_name", "rotated_latitude_longitude"}, {"grid_north_pole_latitude", 39.25}}};

/// A plane, static; with cells whose centres are given, and levels of 3 points whose places are those of the plane.
void write_static(Writer& out) {
  auto run = out.run("static");
  const Grid plane{{3, 4}, {.axes = {"j", "i"}, .places = {"lon", "lat"}, .mapping = rotated}};
  const auto lon = run.field<double>("lon", plane, {.unit = "degrees_east", .time_dependent = false});
  const auto lat = run.field<float>("lat", plane, {.unit = "degrees_north", .time_dependent = false});
  const auto lon_cell = run.field<double>("lon_cell", plane, {.location = Location::cell, .time_dependent = false});
  const auto lat_cell = run.field<double>("lat_cell", plane, {.location = Location::cell, .time_dependent = false});
  const auto depth = run.field<double>("depth", plane);
  const auto ice = run.field<float>("ice", plane, {.location = Location::cell});
  const Grid levels{{2, 3, 4},
                    {.coordinates = {{0.0, 10.0}, Coordinates::none(), Coordinates::none()},
                     .axes = {"level", "j", "i"},
                     .places = {"lon", "lat"},
                     .mapping = rotated}};
  const auto salt = run.field<double>("salt", levels);
  auto statics = run.statics();
  put(statics, lon, {3, 4}, 0.5);
  put(statics, lat, {3, 4}, 0.25);
  put(statics, lon_cell, {2, 3}, 100);
  put(statics, lat_cell, {2, 3}, 200);
  statics.commit();
  for (int number = 0; number < 3; ++number) {
    auto step = run.step(number);
    put(step, depth, {3, 4}, 1000 * number);
    put(step, ice, {2, 3});
    put(step, salt, {2, 3, 4});
    step.commit();
  }
}

/// In space, moving.
void write_moving(Writer& out) {
  auto run = out.run("moving");
  const Grid grid{{2, 3, 4}, {.axes = {"k", "j", "i"}, .places = {"x", "y", "z"}}};
  const auto x = run.field<double>("x", grid);
  const auto y = run.field<double>("y", grid);
  const auto z = run.field<double>("z", grid);
  const auto p = run.field<double>("p", grid);
  for (int number = 0; number < 2; ++number) {
    auto step = run.step(number);
    for (const auto& field : {x, y, z, p}) put(step, field, {2, 3, 4}, 0.125 * number);
    step.commit();
  }
}

std::string written_file() {
  const std::string path = output_path();
  Writer out(MPI_COMM_WORLD, path, {.overwrite = true, .paraview = tessera::SideFiles::xdmf});
  write_static(out);
  write_moving(out);
  out.close();
  return path;
}

TEST(Curvilinear, AsStockReadersSeeIt) {
  const std::string path = written_file();
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  const std::string h5py = R"(
import numpy as np
with h5py.File(sys.argv[1]) as f:
    g = f["static"]
    def text(name, attribute):
        found = g[name].attrs[attribute]
        return found if isinstance(found, str) else found.decode()
    print(text("depth", "coordinates"), "|", text("ice", "coordinates"), "|", text("salt", "coordinates"), "|",
          "coordinates" in g["lon"].attrs, text("lon", "places"), text("salt", "grid_mapping"),
          text("rotated_pole", "grid_mapping_name"), g["rotated_pole"].attrs["grid_north_pole_latitude"],
          g["rotated_pole"].shape, "rotated_pole_one" in g, (g["lon"][...] == np.arange(12).reshape(3, 4) + 0.5).all(),
          f["moving/p"].attrs["coordinates"].decode(),
          (f["moving/x"][...] == np.arange(24).reshape(2, 3, 4) + [[[[0]]], [[[0.125]]]]).all())
)";
  EXPECT_EQ(python(h5py, path),
            "lon lat | lon_cell lat_cell | lon lat | False lon lat rotated_pole rotated_latitude_longitude 39.25 () "
            "False True x "
            "y z True");
  const std::string with_xarray = R"(
try:
    import xarray
    for engine in "netcdf4", "h5netcdf":
        try:
            d = xarray.open_dataset(sys.argv[1], group="static", engine=engine, decode_coords="all")
        except ValueError:
            continue
        m = xarray.open_dataset(sys.argv[1], group="moving", engine=engine)
        want = {"lon", "lat"}
        if not want <= set(d.depth.coords) or not want <= set(d.salt.coords) or d.salt.level[1] != 10 \
                or "rotated_pole" not in d.coords:
            print(engine, "lacks", want - set(d.depth.coords), want - set(d.salt.coords))
        if set(d.ice.coords) < {"lon_cell", "lat_cell"} or set(m.p.coords) != {"time", "x", "y", "z"}:
            print(engine, d.ice.coords, m.p.coords)
        if m.p.isel(time=1, k=1, j=2, i=3).z != 23.125:
            print(engine, "differs")
except ImportError:
    pass
)";
  EXPECT_EQ(python(with_xarray, path), "");
}

TEST(Curvilinear, IsReadBack) {
  const std::string path = written_file();
  Reader in(MPI_COMM_WORLD, path);
  const auto run = in.run("static");
  const std::vector<std::string> plane{"lon", "lat"};
  EXPECT_EQ(run.field("depth").grid.options.places, plane);
  EXPECT_EQ(run.field("lon").grid.options.places, plane);
  EXPECT_EQ(run.field("salt").grid.options.places, plane);
  EXPECT_FALSE(run.has_field("rotated_pole"));
  EXPECT_EQ(run.field("depth").grid.options.mapping.name, "rotated_pole");
  EXPECT_EQ(run.field("depth").grid.options.mapping.attributes.size(), 2U);
  std::vector<double> one(1);
  auto step = in.run("moving").last();
  step.get("z", Box::at({1, 2, 3}, {1, 1, 1}), one);
  step.read();
  EXPECT_EQ(one[0], 23.125);
  in.close();
}

TEST(Curvilinear, IsGoneOnWith) {
  if (is_collective()) GTEST_SKIP() << "the collective engine continues no file";
  const std::string path = written_file();
  Writer out(MPI_COMM_WORLD, path, {.open = tessera::OpenMode::append});
  auto run = out.run("static");
  Grid plane{{3, 4}, {.axes = {"j", "i"}, .places = {"lat", "lon"}, .mapping = rotated}};
  expect_error({ErrorCode::name_in_use, {"'depth'", "'coordinates'", "lat lon"}},
               [&] { run.field<double>("depth", plane); });
  plane.options.places = {"lon", "lat"};
  plane.options.mapping.attributes[1] = {"grid_north_pole_latitude", 40.0};
  expect_error({ErrorCode::name_in_use, {"rotated_pole", "39.25", "40"}}, [&] { run.field<double>("depth", plane); });
  plane.options.mapping = rotated;
  const auto depth = run.field<double>("depth", plane);
  const auto ice = run.field<float>("ice", plane, {.location = Location::cell});
  const auto late = run.field<double>("late", plane, {.fill = 0.0});
  auto step = run.step(10);
  put(step, depth, {3, 4});
  put(step, late, {3, 4});
  put(step, ice, {2, 3});
  expect_error({ErrorCode::not_covered, {"salt"}}, [&] { step.commit(); });
  out.close();
}

/// Fields in cells get their places also where these come later, in the file or not yet.
TEST(Curvilinear, WithCellsWhosePlacesComeLater) {
  const std::string path = output_path();
  const Grid plane{{3, 4}, {.axes = {"j", "i"}, .places = {"lon", "lat"}}};
  {
    Writer out(MPI_COMM_WORLD, path, {.overwrite = true});
    auto run = out.run("a");
    for (const char* name : {"lon", "lat"}) run.field<double>(name, plane, {.time_dependent = false, .fill = 0.0});
    const auto early = run.field<double>("early", plane, {.location = Location::cell, .fill = 0.0});
    auto step = run.step(0);
    put(step, early, {2, 3});
    step.commit();
    const auto waiting = run.field<double>("waiting", plane, {.location = Location::cell, .fill = 0.0});
    const auto own = run.field<double>("own", plane,
                                       {.location = Location::cell, .fill = 0.0, .attributes = {{"coordinates", "q"}}});
    run.field<double>("lon_cell", plane, {.location = Location::cell, .time_dependent = false, .fill = 0.0});
    run.field<double>("lat_cell", plane, {.location = Location::cell, .time_dependent = false, .fill = 0.0});
    auto next = run.step(1);
    put(next, waiting, {2, 3});
    put(next, own, {2, 3});
    next.commit();
    out.close();
  }
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  const std::string script = R"(
with h5py.File(sys.argv[1]) as f:
    def text(name):
        found = f["a"][name].attrs.get("coordinates", b"none")
        return found if isinstance(found, str) else found.decode()
    print(*(text(name) for name in ("early", "waiting", "own", "lon_cell")), sep=" | ")
)";
  EXPECT_EQ(python(script, path), "lon_cell lat_cell | lon_cell lat_cell | q | none");
}

/// Also where the job that had the fields had no places of them, in whichever order the next one declares all.
TEST(Curvilinear, WithCellsWhosePlacesComeInAnotherJob) {
  if (is_collective()) GTEST_SKIP() << "the collective engine continues no file";
  const std::string path = output_path();
  const Grid plane{{3, 4}, {.axes = {"j", "i"}, .places = {"lon"}}};
  const auto write = [&](int job, bool places_first) {
    const auto how =
        job > 0 ? tessera::Options{.open = tessera::OpenMode::append} : tessera::Options{.overwrite = true};
    Writer out(MPI_COMM_WORLD, path, how);
    auto run = out.run("a");
    const auto declare_places = [&] {
      run.field<double>("lon_cell", plane, {.location = Location::cell, .time_dependent = false, .fill = 0.0});
    };
    run.field<double>("lon", plane, {.time_dependent = false, .fill = 0.0});
    if (job > 0 && places_first) declare_places();
    const auto early = run.field<double>("early", plane, {.location = Location::cell});
    if (job > 0 && !places_first) declare_places();
    auto step = run.step(job);
    put(step, early, {2, 3});
    step.commit();
    out.close();
  };
  for (const bool places_first : {false, true}) {
    for (int job = 0; job < 3; ++job) write(job, places_first);
    EXPECT_EQ(Reader(MPI_COMM_WORLD, path).run("a").field("early").grid.options.places,
              std::vector<std::string>{"lon_cell"});
  }
}

/// A field that has the name of cells' places, and is not like them, is a field like any other.
TEST(Curvilinear, WithFieldsThatAreCalledAsCellsPlacesAre) {
  const std::string path = output_path();
  const Grid plane{{3, 4}, {.axes = {"j", "i"}, .places = {"lon"}}};
  const Grid other{{3, 5}, {.coordinates = {Coordinates::none(), Coordinates::none()}, .axes = {"j", "k"}}};
  Writer out(MPI_COMM_WORLD, path, {.overwrite = true});
  const auto fill = [&](const std::string& name, auto&& declare_namesake) {
    auto run = out.run(name);
    run.field<double>("lon", plane, {.time_dependent = false, .fill = 0.0});
    run.field<double>("early", plane, {.location = Location::cell, .fill = 0.0});
    declare_namesake(run);
    run.field<double>("late", plane, {.location = Location::cell, .fill = 0.0});
    auto step = run.step(0);
    step.scalar("energy", 1.0);
    step.commit();
  };
  fill("integers",
       [&](tessera::Run& run) { run.field<std::int32_t>("lon_cell", plane, {.location = Location::cell, .fill = 0}); });
  fill("other_axes",
       [&](tessera::Run& run) { run.field<double>("lon_cell", other, {.location = Location::cell, .fill = 0.0}); });
  fill("on_points", [&](tessera::Run& run) { run.field<double>("lon_cell", plane, {.fill = 0.0}); });
  out.close();
  Reader in(MPI_COMM_WORLD, path);
  for (const char* run : {"integers", "other_axes", "on_points"}) {
    for (const char* field : {"early", "late", "lon_cell"}) {
      const auto places = in.run(run).field(field).grid.options.places;
      const bool is_on_points = run == std::string("on_points") && field == std::string("lon_cell");
      EXPECT_EQ(places, is_on_points ? std::vector<std::string>{"lon"} : std::vector<std::string>{}) << run << field;
    }
  }
}

/// Mappings were once datasets of one number with an axis `<name>_one`.
TEST(Curvilinear, WithAMappingThatHasAnAxis) {
  if (is_collective()) GTEST_SKIP() << "the collective engine continues no file";
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  const std::string path = fresh_directory() + "/mapping.h5";
  const Grid plane{{3, 4}, {.axes = {"j", "i"}, .places = {"lon"}, .mapping = rotated}};
  const auto write = [&](bool goes_on) {
    const auto how =
        goes_on ? tessera::Options{.open = tessera::OpenMode::append} : tessera::Options{.overwrite = true};
    Writer out(MPI_COMM_WORLD, path, how);
    auto run = out.run("a");
    run.field<double>("lon", plane, {.time_dependent = false, .fill = 0.0});
    const auto depth = run.field<double>("depth", plane);
    auto step = run.step(goes_on ? 1 : 0);
    put(step, depth, {3, 4});
    step.commit();
    out.close();
  };
  write(false);
  const std::string script = R"(
with h5py.File(sys.argv[1], "r+") as f:
    run = f["a"]
    attributes = dict(run["rotated_pole"].attrs)
    del run["rotated_pole"]
    axis = run.create_dataset("rotated_pole_one", (1,), "<f4")
    axis.make_scale("This is a netCDF dimension but not a netCDF variable.         1")
    mapping = run.create_dataset("rotated_pole", (1,), "<i4")
    mapping.dims[0].attach_scale(axis)
    mapping.attrs.update(attributes)
    print("made")
)";
  ASSERT_EQ(python(script, path), "made");
  write(true);
  Reader in(MPI_COMM_WORLD, path);
  EXPECT_EQ(in.run("a").fields(), (std::vector<std::string>{"depth", "lon"}));
  EXPECT_EQ(in.run("a").field("depth").grid.options.mapping.name, "rotated_pole");
  EXPECT_EQ(in.run("a").times().size(), 2u);
}

TEST(Curvilinear, WithPlacesThatItCannotHave) {
  Writer out(MPI_COMM_WORLD, output_path(), {.overwrite = true});
  auto run = out.run("a");
  const auto grid = [](const std::vector<std::string>& places) {
    return Grid{{3, 4}, {.axes = {"j", "i"}, .places = places}};
  };
  const auto declare = [&](const std::string& name, const Grid& on) { run.field<double>(name, on); };
  expect_error({ErrorCode::invalid_argument, {"field 'p'", "'x'", "run 'a'", "declare it"}}, [&] {
    declare("p", grid({"x", "y"}));
  });
  expect_error({ErrorCode::invalid_argument, {"4 fields", "1 to 3"}}, [&] {
    declare("p", grid({"x", "y", "z", "w"}));
  });
  expect_error({ErrorCode::invalid_argument, {"'x' twice"}}, [&] { declare("p", grid({"x", "x"})); });
  expect_error({ErrorCode::invalid_argument, {"'a b'", "blanks"}}, [&] { declare("p", grid({"a b"})); });
  expect_error({ErrorCode::invalid_argument, {"'x'", "int32", "float or double"}}, [&] {
    run.field<std::int32_t>("x", grid({"x", "y"}));
  });
  expect_error({ErrorCode::invalid_argument, {"'x'", "2 components"}}, [&] {
    run.field<double>("x", grid({"x", "y"}), {.components = 2});
  });
  declare("x", grid({"x", "y"}));
  declare("y", Grid{{3, 5}, {.coordinates = {Coordinates::none()}, .axes = {"j", "k"}}});
  expect_error({ErrorCode::invalid_argument, {"field 'p'", "'y'", "axis 'k'"}}, [&] {
    declare("p", grid({"x", "y"}));
  });
  expect_error({ErrorCode::invalid_argument, {"field 'p'", "static", "'x'"}},
               [&] { run.field<double>("p", grid({"x"}), {.time_dependent = false}); });
  declare("p", grid({"x"}));
  Grid mapped = grid({"x"});
  mapped.options.mapping = {"p", {{"grid_mapping_name", "mercator"}}};
  expect_error({ErrorCode::name_in_use, {"'p'", "field"}}, [&] { declare("q", mapped); });
  mapped.options.mapping.name = "crs";
  declare("q", mapped);
  mapped.options.mapping.attributes = {{"grid_mapping_name", "stereographic"}};
  expect_error({ErrorCode::name_in_use, {"'crs'", "other attributes"}}, [&] { declare("r", mapped); });
  if (world_size() > 1) {
    Grid other = grid({});
    other.options.coordinates = {Coordinates::none()};
    expect_error({ErrorCode::ranks_disagree, {"places"}},
                 [&] { declare("s", world_rank() == 0 ? grid({"x"}) : other); });
  }
  out.close();
}

}  // namespace
