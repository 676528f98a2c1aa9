#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "support/engine.hpp"
#include "support/test_file.hpp"

/// \file
/// Side files for ParaView. What they show is for tests/interop/check_side_files.py, and for VTK and ParaView
/// (check_in_vtk.py); here is when they are written, and what they must not harm.

using namespace tessera_test;
using tessera::Grid;
using tessera::Index;
using tessera::Location;
using tessera::SideFiles;
namespace fs = std::filesystem;

namespace {

const Index box{5, 6, 7};
const tessera::GridOptions metres{.spacing = {0.5, 0.25, 0.125}, .origin = {-5, 1, 100}, .unit = "m"};

Index cells_of(Index points) {
  for (std::int64_t& extent : points) extent = std::max<std::int64_t>(1, extent - 1);
  return points;
}

/// A step with these fields of one grid, each a part on every rank.
template <class... Fields>
void put(TestStep& step, const Index& points, const Fields&... fields) {
  const auto put_one = [&](const auto& field) {
    const bool in_cells = field.expected->options.location == Location::cell;
    step.put(field, slabs(in_cells ? cells_of(points) : points, world_size()));
  };
  (put_one(fields), ...);
}

/// A file beside the one that the running test writes.
std::string beside(const std::string& suffix) { return fs::path(output_path()).replace_extension().string() + suffix; }

/// Side files of the last commit stay as they are under another name: study.run.after2.vtkhdf.
void keep_copies(const std::string& run, int steps) {
  MPI_Barrier(MPI_COMM_WORLD);
  if (world_rank() == 0) {
    for (const char* extension : {".vtkhdf", ".xmf"}) {
      const std::string stem = beside("." + run);
      if (!fs::exists(stem + extension)) continue;
      fs::copy_file(stem + extension, stem + ".after" + std::to_string(steps) + extension);
    }
  }
  MPI_Barrier(MPI_COMM_WORLD);
}

template <class... T>
void put_types(TestFile& file, std::tuple<T...>) {
  auto run = file.run("types");
  const auto fields = std::tuple{run.field<T>(tessera::to_string(tessera::data_type_of<T>()), Grid{box, metres})...};
  for (int n = 0; n < 2; ++n) {
    auto step = run.step(n);
    std::apply([&](const auto&... field) { put(step, box, field...); }, fields);
    step.commit();
  }
}

TEST(SideFiles, ShowAllKindsOfFields) {
  TestFile file({.paraview = SideFiles::both});
  auto run = file.run("kinds");
  const Grid grid{box, metres};
  const auto scalar = run.field<double>("temperature", grid, {.unit = "K"});
  const auto vector = run.field<float>("velocity", grid, {.components = 3});
  const auto pair = run.field<double>("pair", grid, {.components = 2});
  const auto stress = run.field<double>("stress", grid, {.location = Location::cell, .components = 6});
  const auto gradient = run.field<double>("gradient", grid, {.location = Location::cell, .components = 9});
  const auto single = run.field<double>("single", grid, {.precision = tessera::Precision::single});
  const auto material = run.field<std::int8_t>("material", grid, {.time_dependent = false});
  const auto normal =
      run.field<float>("normal", grid, {.location = Location::cell, .components = 3, .time_dependent = false});
  auto statics = run.statics();
  put(statics, box, material, normal);
  statics.commit();
  for (int n = 0; n < 4; ++n) {
    auto step = run.step(0.5 * n);
    put(step, box, scalar, vector, pair, stress, gradient, single);
    step.scalar("residual", 1.0 / (n + 1));
    step.scalar("iterations", n);
    step.commit();
    keep_copies("kinds", n + 1);
  }
  put_types(file, std::tuple<std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t, std::uint16_t,
                             std::uint32_t, std::uint64_t, float, double>());
  file.close();
}

/// Points at other than equal distances: by XDMF alone, with the coordinates of the study where it has them. Faces are
/// left out.
TEST(SideFiles, ShowStretchedGrids) {
  TestFile file({.paraview = SideFiles::both});
  const tessera::Coordinates layers{0, 1, 10, 100, 1000};
  const tessera::GridOptions stretched{.spacing = {0.25}, .coordinates = {layers, {}, {}}};
  auto run = file.run("stretched");
  const Grid grid{box, stretched};
  const auto points = run.field<double>("p", grid);
  const auto cells = run.field<float>("c", grid, {.location = Location::cell});
  const auto faces = run.field<float>("u", grid, {.location = Location::face_x, .time_dependent = false, .fill = 0});
  auto only_cells = file.run("cells");
  const auto alone = only_cells.field<double>("c", grid, {.location = Location::cell});
  auto plane = file.run("plane");
  const auto flat = plane.field<double>("p", Grid{{5, 7}, {.coordinates = {layers, tessera::Coordinates::none()}}});
  auto uniform = file.run("uniform");
  const auto given = uniform.field<double>("p", Grid{{3, 4}, {.coordinates = {{0, 1, 2}, {}}}});
  for (int n = 0; n < 2; ++n) {
    auto step = run.step(n);
    put(step, box, points, cells);
    step.commit();
    auto step_of_cells = only_cells.step(n);
    put(step_of_cells, box, alone);
    step_of_cells.commit();
    auto step_of_plane = plane.step(n);
    put(step_of_plane, {5, 7}, flat);
    step_of_plane.commit();
    auto other = uniform.step(n);
    put(other, {3, 4}, given);
    other.commit();
  }
  file.close();
}

/// One, two and three axes, of one point and of many; one step, several, none.
TEST(SideFiles, ShowAllShapes) {
  TestFile file({.paraview = SideFiles::both});
  const std::vector<std::pair<std::string, Index>> shapes{
      {"plane", {6, 7}},      {"line", {9}},         {"thin z", {1, 6, 7}},
      {"thin y", {6, 1, 7}},  {"thin x", {6, 7, 1}}, {"thin zy", {1, 1, 7}},
      {"flat plane", {1, 7}}, {"point", {1, 1, 1}},  {"box", box}};
  for (const auto& [name, shape] : shapes) {
    for (const int steps : {0, 1, 3}) {
      auto run = file.run(name + " " + std::to_string(steps));
      const Grid grid{shape, {.spacing = {0.5}, .origin = {3}}};
      const auto points = run.field<double>("p", grid);
      const auto vectors = run.field<double>("v", grid, {.components = 3});
      const auto cells = run.field<float>("c", grid, {.location = Location::cell});
      const auto fixed = run.field<float>("fixed", grid, {.time_dependent = false});
      auto statics = run.statics();
      put(statics, shape, fixed);
      statics.commit();
      for (int n = 0; n < steps; ++n) {
        auto step = run.step(10 + n);
        put(step, shape, points, vectors, cells);
        step.scalar("s", n);
        step.commit();
      }
    }
  }
  auto only_cells = file.run("cells");
  const auto cells = only_cells.field<double>("c", Grid{box, metres}, {.location = Location::cell});
  auto falling = file.run("falling");
  const auto values = falling.field<double>("f", Grid{box, {.spacing = {-0.5, 0.25, 1}}});
  for (int n = 0; n < 7; ++n) {
    auto step = only_cells.step(n);
    put(step, box, cells);
    step.commit();
    auto other = falling.step(n);
    put(other, box, values);
    other.commit();
  }
  file.close();
}

TEST(SideFiles, HaveAnyName) {
  TestFile file({.paraview = SideFiles::both}, " %b & 1");
  for (const char* name : {"%b & <\xc3\xbc>.1", "it's \"a\" run", "a;b, c"}) {
    auto run = file.run(name);
    std::vector<TestField<double>> fields;
    for (const char* field : {"T.mean", "T_mean", "p<&>\"q'", "100%b", "\xcf\x81 u", "a(b)[c]"})
      fields.push_back(run.field<double>(field, Grid{box, metres}));
    for (int n = 0; n < 2; ++n) {
      auto step = run.step(n);
      for (const auto& field : fields) put(step, box, field);
      step.scalar("r.e<s>", n);
      step.commit();
    }
  }
  file.close();
}

TEST(SideFiles, ShowTheRootGroup) {
  TestFile file({.paraview = SideFiles::both});
  auto root = file.root();
  const auto field = root.field<double>("f", Grid{box, metres});
  for (int n = 0; n < 3; ++n) {
    auto step = root.step(n);
    put(step, box, field);
    step.commit();
  }
  file.close();
}

/// The grid that has most fields is shown; the others are told of.
TEST(SideFiles, LeaveOutWhatIsElsewhere) {
  testing::internal::CaptureStderr();
  TestFile file({.paraview = SideFiles::both});
  auto run = file.run("run");
  const auto lonely = run.field<double>("lonely", Grid{box, {.axes = {"a", "b", "c"}}});
  const auto first = run.field<double>("first", Grid{box, metres});
  const auto second = run.field<double>("second", Grid{box, metres});
  const auto four = run.field<double>("four", Grid{{2, 5, 6, 7}, {.axes = {"m", "z2", "y2", "x2"}}});
  for (int n = 0; n < 2; ++n) {
    auto step = run.step(n);
    put(step, box, lonely, first, second);
    step.put(four, slabs({2, 5, 6, 7}, world_size()));
    step.commit();
  }
  file.close();
  const std::string said = testing::internal::GetCapturedStderr();
  for (const char* words : {"lonely", "a (5), b (6), c (7)", "four", "4 axes"}) {
    EXPECT_EQ(said.find(words) != said.npos, world_rank() == 0) << said;
  }
}

/// Steps that are dropped disappear from the side file before they do from the file.
TEST(SideFiles, GoOnWithAFile) {
  if (is_collective()) GTEST_SKIP() << "the collective engine continues no file";
  TestFile file({.paraview = SideFiles::both});
  {
    auto run = file.run("run");
    const auto field = run.field<double>("f", Grid{box, metres});
    for (int n = 0; n < 5; ++n) {
      auto step = run.step(n);
      put(step, box, field);
      step.commit();
    }
    file.close();
  }
  file.reopen({.open = tessera::OpenMode::append, .paraview = SideFiles::both});
  auto run = file.resume("run");
  const auto field = run.field<double>("f", Grid{box, metres});
  run.keep(2);
  auto step = run.step(2.5);
  put(step, box, field);
  step.commit();
  keep_copies("run", 3);
  file.close();
}

void check_and_clear(const std::string& said, const std::string& foreign, const std::string& directory) {
  EXPECT_NE(said.find(".foreign.vtkhdf' is no side file of 'SideFiles."), said.npos) << said;
  EXPECT_NE(said.find(".directory.xmf"), said.npos) << said;
  EXPECT_EQ(std::ranges::count(said, '\n'), 2) << "one warning for each run:\n" << said;
  std::string content;
  std::ifstream file(foreign);
  std::getline(file, content);
  EXPECT_EQ(content, "somebody's own");
  fs::remove(foreign);
  fs::remove(directory);
}

/// Whatever is wrong with a side file, the steps are in the file and no rank is told of an error. The next one that can
/// be written shows all.
TEST(SideFiles, AreWorthNoStep) {
  if (is_collective()) GTEST_SKIP() << "the collective engine continues no file";
  const std::string foreign = beside(".foreign.vtkhdf");
  const std::string directory = beside(".directory.xmf");
  if (world_rank() == 0) {
    for (const std::string& before : {foreign, directory}) fs::remove(before);
    std::ofstream(foreign) << "somebody's own";
    fs::create_directory(directory);
  }
  MPI_Barrier(MPI_COMM_WORLD);
  testing::internal::CaptureStderr();
  TestFile file({.paraview = SideFiles::both});
  const auto write_steps = [&](int begin, int end) {
    for (const char* name : {"foreign", "directory"}) {
      auto run = begin == 0 ? file.run(name) : file.resume(name);
      const auto field = run.field<double>("f", Grid{box, metres});
      for (int n = begin; n < end; ++n) {
        auto step = run.step(n);
        put(step, box, field);
        EXPECT_NO_THROW(step.commit());
      }
    }
  };
  write_steps(0, 3);
  EXPECT_NO_THROW(file.close());
  const std::string said = testing::internal::GetCapturedStderr();
  if (world_rank() == 0) check_and_clear(said, foreign, directory);
  MPI_Barrier(MPI_COMM_WORLD);
  file.reopen({.open = tessera::OpenMode::append, .paraview = SideFiles::both});
  write_steps(3, 4);
  file.close();
}

/// Of a file that is replaced; those of others stay.
TEST(SideFiles, OfAFileBeforeGo) {
  const std::string own = beside(".gone.vtkhdf");
  const std::string foreign = beside(".foreign.xmf");
  if (world_rank() == 0) {
    std::ofstream(own) << "of a run that is no more: Tessera side file of 'SideFiles.OfAFileBeforeGo.h5'";
    std::ofstream(foreign) << "Tessera side file of 'SideFiles.OfAFileBeforeGo.foreign.h5'";
  }
  MPI_Barrier(MPI_COMM_WORLD);
  TestFile file({.paraview = SideFiles::vtkhdf});
  MPI_Barrier(MPI_COMM_WORLD);
  EXPECT_FALSE(fs::exists(own));
  EXPECT_TRUE(fs::exists(foreign));
  file.close();
  MPI_Barrier(MPI_COMM_WORLD);
  if (world_rank() == 0) fs::remove(foreign);
}

}  // namespace
