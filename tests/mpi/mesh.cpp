#include <gtest/gtest.h>

#include <tessera/tessera.hpp>

#include "support/bricks_mesh.hpp"
#include "support/engine.hpp"
#include "support/failing_files.hpp"
#include "support/same_error.hpp"
#include "support/test_file.hpp"

/// \file
/// Meshes with fields on nodes and cells. tests/interop/check_mesh.py finds each node by its place and each cell by its
/// nodes, and compares every value.

using namespace tessera_test;
using tessera::CellType;
using tessera::MeshPart;
using tessera::Writer;

namespace {

constexpr int steps = 3;

/// \name Who has which box
/// \{
int scattered(std::int64_t box) { return static_cast<int>((box * 7 + box / 5) % world_size()); }
int in_slabs(std::int64_t box) {
  return static_cast<int>(box * world_size() / (BricksMesh::nx * BricksMesh::ny * BricksMesh::nz));
}
/// The first rank, and where there are more than two also the last, has nothing.
int uneven(std::int64_t box) {
  const int first = world_size() > 1 ? 1 : 0;
  const int last = world_size() > 2 ? world_size() - 2 : world_size() - 1;
  return first + static_cast<int>(box % 5 == 0 ? 0 : box % (last - first + 1));
}
/// \}

struct Case {
  const char* name;
  Cut cut;
  int (*owner)(std::int64_t);
  bool by_ids;
};

const Case cases[] = {{"hexahedra", Cut::hexahedra, scattered, true}, {"tetrahedra", Cut::tetrahedra, uneven, true},
                      {"mixed", Cut::mixed, scattered, true},         {"mixed_uneven", Cut::mixed, uneven, true},
                      {"ordered", Cut::hexahedra, in_slabs, true},    {"parts", Cut::tetrahedra, scattered, false},
                      {"mixed_parts", Cut::mixed, uneven, false}};

class WriteMesh : public testing::TestWithParam<Case> {};

void write_steps(tessera::Run& run, const BricksMesh& own, const tessera::Mesh& mesh, int begin, int end) {
  const auto u = run.field<double>("u", mesh.nodes(), {.unit = "m", .components = 3});
  const auto f = run.field<double>("f", mesh.nodes(), {.precision = tessera::Precision::single});
  const auto p = run.field<double>("p", mesh.cells(), {.unit = "Pa"});
  const auto material = run.field<std::int32_t>("material", mesh.cells(),
                                                {.time_dependent = false,
                                                 .attributes = tessera::flags({{0, "steel"}, {1, "soft rubber"}})});
  for (int n = begin; n < end; ++n) {
    auto step = run.step(0.5 * n);
    std::vector<std::int32_t> kinds;
    for (const std::int64_t cell : own.cells) kinds.push_back(static_cast<std::int32_t>(cell % 2));
    // Every second element of a larger array.
    std::vector<double> wide;
    for (const double value : BricksMesh::values(own.nodes, n)) wide.insert(wide.end(), {value, -1.0});
    step.put(u, BricksMesh::values(own.nodes, n, 3));
    step.put(f, tessera::copied(tessera::array(wide.data(), {std::ssize(own.nodes)}, {2})));
    if (!own.cells.empty()) step.put(p, BricksMesh::values(own.cells, n));
    if (n == 0) step.put(material, std::move(kinds));
    n == 1 ? step.commit_async() : step.commit();
  }
}

TEST_P(WriteMesh, IsReadByPlaceAndNodes) {
  const Case& c = GetParam();
  const BricksMesh own(c.cut, world_rank(), c.owner);
  Writer out(MPI_COMM_WORLD, std::string(c.name) + ".h5",
             {.overwrite = true, .paraview = tessera::SideFiles::both, .statistics = true});
  auto run = out.run("r");
  const auto mesh = run.mesh("bricks", own.part(c.by_ids), {.unit = "m", .long_name = "some bricks"});
  EXPECT_EQ(mesh.cells().size(), own.all_cells);
  EXPECT_EQ(mesh.nodes().own(), std::ssize(own.nodes));
  if (c.by_ids) {
    EXPECT_EQ(mesh.nodes().size(), BricksMesh::all_nodes);
  }
  write_steps(run, own, mesh, 0, steps);
  out.close();
}

INSTANTIATE_TEST_SUITE_P(All, WriteMesh, testing::ValuesIn(cases),
                         [](const auto& tested) { return std::string(tested.param.name); });

/// A second job continues the mesh; the cells are on other ranks. Another mesh is told apart.
TEST(Mesh, IsTheSameWhenAJobGoesOn) {
  if (is_collective()) GTEST_SKIP() << "the collective engine does not continue files";
  {
    const BricksMesh own(Cut::mixed, world_rank(), scattered);
    Writer out(MPI_COMM_WORLD, "appended.h5", {.overwrite = true});
    auto run = out.run("r");
    write_steps(run, own, run.mesh("bricks", own.part(true), {.unit = "m"}), 0, 1);
    out.close();
  }
  {
    const BricksMesh other(Cut::tetrahedra, world_rank(), scattered);
    Writer out(MPI_COMM_WORLD, "appended.h5", {.open = tessera::OpenMode::append});
    auto run = out.run("r");
    expect_error({tessera::ErrorCode::name_in_use, {"'bricks'", "not the one that is in the file", "digest"}},
                 [&] { run.mesh("bricks", other.part(true), {.unit = "m"}); });
    out.close();
  }
  const BricksMesh own(Cut::mixed, world_rank(), uneven);
  Writer out(MPI_COMM_WORLD, "appended.h5", {.open = tessera::OpenMode::append});
  auto run = out.run("r");
  write_steps(run, own, run.mesh("bricks", own.part(true), {.unit = "m"}), 1, steps);
  out.close();
}

/// On other ranks than those that wrote it: values by ids, and a block of cells.
TEST(Mesh, IsReadByIdsAndBlocks) {
  const BricksMesh written(Cut::mixed, world_rank(), scattered);
  {
    Writer out(MPI_COMM_WORLD, "read.h5", {.overwrite = true});
    auto run = out.run("r");
    write_steps(run, written, run.mesh("bricks", written.part(true), {.unit = "m"}), 0, 2);
    out.close();
  }
  const BricksMesh own(Cut::mixed, world_rank(), uneven);
  const std::int64_t first = own.all_cells * world_rank() / world_size();
  const std::int64_t last = own.all_cells * (world_rank() + 1) / world_size();
  std::vector<double> u(3 * own.nodes.size(), -1);
  std::vector<double> f(2 * own.nodes.size(), -1);
  std::vector<double> cells(own.cells.size(), -1);
  std::vector<double> block(static_cast<std::size_t>(last - first), -1);
  tessera::Reader in(MPI_COMM_WORLD, "read.h5");
  auto step = in.run("r").last();
  step.get_at("u", own.nodes, u);
  step.get_at("f", own.nodes,
              tessera::into(f.data(), {std::ssize(own.nodes)}, {2}));  // float, into every second double
  step.get_at("p", own.cells, cells);
  step.get("p", {{first}, {last}}, block);
  step.read();
  EXPECT_EQ(u, BricksMesh::values(own.nodes, 1, 3));
  EXPECT_EQ(cells, BricksMesh::values(own.cells, 1));
  for (std::size_t i = 0; i < own.nodes.size(); ++i) {
    EXPECT_EQ(f[2 * i], BricksMesh::value(own.nodes[i], 1));
    EXPECT_EQ(f[2 * i + 1], -1);
  }
  for (std::int64_t cell = first; cell < last; ++cell)
    EXPECT_EQ(block[static_cast<std::size_t>(cell - first)], BricksMesh::value(cell, 1));

  // The mesh itself.
  std::vector<double> x(own.nodes.size());
  std::vector<std::uint8_t> types(own.cells.size());
  auto statics = in.run("r").statics();
  statics.get_at("bricks_x", own.nodes, x);
  statics.get_at("bricks_types", own.cells, types);
  statics.read();
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_EQ(x[i], own.coordinates[3 * i]);
  for (std::size_t i = 0; i < types.size(); ++i) EXPECT_EQ(types[i], static_cast<std::uint8_t>(own.types[i]));

  const std::vector<std::int64_t> beyond{BricksMesh::all_nodes};
  expect_error({tessera::ErrorCode::out_of_bounds, {"field 'u'", "no place 60", "0 to 59"}}, [&] {
    auto wrong = in.run("r").last();
    if (world_rank() == world_size() - 1) wrong.get_at("u", beyond, std::span(u).first(3));
    wrong.read();
  });
}

/// Cells whose nodes no type tells, in two dimensions, with 32-bit numbers; and a second mesh of its own in the run.
TEST(Mesh, OfPolygonsInThePlane) {
  const double r = world_rank();
  const std::vector<double> xy{r, 0, r + 0.5, 0, r + 1, 0, r + 1, 1, r, 1};
  const std::vector<unsigned> corners{0, 1, 4, 1, 2, 3, 4, 0, 1, 2, 3, 4};
  const std::vector<int> offsets{0, 3, 7, 12};
  Writer out(MPI_COMM_WORLD, "polygons.h5", {.overwrite = true, .paraview = tessera::SideFiles::both});
  auto run = out.run("r");
  const auto mesh = run.mesh("plane",
                             {.coordinates = xy,
                              .types = {CellType::triangle, CellType::quadrilateral, CellType::polygon},
                              .connectivity = corners,
                              .offsets = offsets},
                             {.dimensions = 2});
  const std::vector<std::int32_t> ends{0, 1};
  const auto line =
      run.mesh("line", {.coordinates = xy, .types = {CellType::line}, .connectivity = ends}, {.dimensions = 2});
  const auto area = run.field<float>("area", mesh.cells(), {.time_dependent = false});
  auto step = run.statics();
  step.put(area, std::vector<float>{0.25f, 0.75f, 1.0f});
  step.commit();
  EXPECT_EQ(line.cells().size(), world_size());
  out.close();
}

/// Its names are free again.
TEST(Mesh, ThatCannotBeWrittenCanBeMadeAgain) {
  if (is_collective()) GTEST_SKIP() << "faults are made in the direct engine's storage";
  const FailingFiles files;
  const BricksMesh own(Cut::mixed, world_rank(), scattered);
  Writer out(MPI_COMM_WORLD, "again.h5", {.overwrite = true});
  auto run = out.run("r");
  FailingFiles::fail = true;
  expect_error({tessera::ErrorCode::storage, {"as the test wants it"}},
               [&] { run.mesh("bricks", own.part(true), {.unit = "m"}); });
  FailingFiles::fail = false;
  write_steps(run, own, run.mesh("bricks", own.part(true), {.unit = "m"}), 0, steps);
  out.close();
}

}  // namespace
