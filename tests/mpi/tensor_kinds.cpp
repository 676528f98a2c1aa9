#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include <tessera/tessera.hpp>

#include "mesh_version.hpp"
#include "support/bricks_mesh.hpp"
#include "support/levels.hpp"
#include "support/outside.hpp"
#include "support/test_file.hpp"

/// \file
/// Tensors and components of fields that are not on plain grids: on curvilinear ones, on nodes and cells of meshes that
/// stay and that change, in tables, on refinements.

using namespace tessera_test;
using tessera::Box;
using tessera::Field;
using tessera::Index;
using tessera::Reader;
using tessera::TensorAxis;
using tessera::Writer;

namespace {

const std::vector<TensorAxis> two_by_three{{"row", {"x", "y"}}, {.name = "mode", .length = 3}};
constexpr int steps = 3;

tessera::Options both_side_files() { return {.overwrite = true, .paraview = tessera::SideFiles::both}; }

/// This rank's rows of a plane, `count` values for each place, which follow from its number.
std::vector<double> values_of(const Box& rows, int step, int count) {
  std::vector<double> values;
  for (std::int64_t j = rows.lower[0]; j < rows.upper[0]; ++j) {
    for (std::int64_t i = rows.lower[1]; i < rows.upper[1]; ++i) {
      for (int component = 0; component < count; ++component)
        values.push_back(static_cast<double>(100 * step + 10 * (4 * j + i) + component));
    }
  }
  return values;
}

Box own_rows(const Index& plane) {
  return {{plane[0] * world_rank() / world_size(), 0}, {plane[0] * (world_rank() + 1) / world_size(), plane[1]}};
}

TEST(TensorKinds, OnACurvilinearGrid) {
  const std::string path = output_path();
  {
    Writer out(MPI_COMM_WORLD, path, both_side_files());
    auto run = out.run("a");
    const tessera::Grid plane{{3, 4}, {.axes = {"j", "i"}, .places = {"lon", "lat"}}};
    const auto lon = run.field<double>("lon", plane, {.time_dependent = false});
    const auto lat = run.field<double>("lat", plane, {.time_dependent = false});
    const auto metric = run.field<double>("metric", plane, {.tensor_axes = two_by_three});
    const auto in_cells =
        run.field<double>("in_cells", plane, {.location = tessera::Location::cell, .tensor_axes = two_by_three});
    const auto wind = run.field<double>("wind", plane, {.component_names = {"u", "v"}});
    const Box points = own_rows({3, 4}), cells = own_rows({2, 3});
    auto statics = run.statics();
    for (const auto& place : {lon, lat}) statics.put(place, points, values_of(points, 0, 1));
    statics.commit();
    for (int n = 0; n < steps; ++n) {
      auto step = run.step(n);
      const std::vector<double> six = values_of(points, n, 6);
      const Index extents{points.extents()[0], 4, 2, 3};
      if (!points.empty()) step.put(metric, points, tessera::copied(tessera::array(six.data(), extents)));
      if (!cells.empty()) step.put(in_cells, cells, values_of(cells, n, 6));
      if (!points.empty()) step.put(wind, points, values_of(points, n, 2));
      step.commit();
    }
    out.close();
  }
  Reader in(MPI_COMM_WORLD, path);
  EXPECT_EQ(in.run("a").field("metric").grid.options.places, (std::vector<std::string>{"lon", "lat"}));
  EXPECT_EQ(in.run("a").field("metric").tensor_axes.size(), 2U);
  std::vector<double> found(72);
  auto step = in.run("a").step(2);
  step.get("metric", {{0, 0}, {3, 4}}, found);
  step.read();
  EXPECT_EQ(found, values_of({{0, 0}, {3, 4}}, 2, 6));
  in.close();
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  const std::string h5py = R"(
import numpy as np, pathlib, re
want = lambda shape, n: (100 * np.arange(3)[:, None, None, None] + 10 * (4 * np.arange(shape[0])[:, None] +
                         np.arange(shape[1]))[:, :, None] + np.arange(n))
text = lambda item, name: item.attrs[name].decode() if isinstance(item.attrs[name], bytes) else item.attrs[name]
with h5py.File(sys.argv[1]) as f:
    g = f["a"]
    print(g["metric"].shape, text(g["metric"], "coordinates"), text(g["metric"], "tensor_axes"),
          (g["metric"][...] == want((3, 4), 6).reshape(3, 3, 4, 2, 3)).all(),
          (g["in_cells"][...] == want((2, 3), 6).reshape(3, 2, 3, 2, 3)).all(),
          text(g["wind"], "coordinates"), (g["wind"][...] == want((3, 4), 2)).all())
study = pathlib.Path(sys.argv[1])
shown = "".join(path.read_text() for path in study.parent.glob(study.stem + "*.xmf"))
print(sorted(set(re.findall(r'Attribute Name=.(\w+)', shown))))
)";
  EXPECT_EQ(python(h5py + with_xarray(R"(d.metric.sel(row="y")[2, 1, 3, 1] != 274 or "lon" not in d.metric.coords)"),
                   path),
            "(3, 3, 4, 2, 3) lon lat row mode True True lon lat True\n['in_cells', 'lat', 'lon', 'metric', 'wind']");
}

/// Three components and six on two axes, on nodes and in cells.
struct OnMesh {
  BricksMesh own;
  tessera::Mesh mesh;
  Field<double> vectors, tensors, in_cells, vectors_in_cells;

  OnMesh(tessera::Run& run, const std::string& name, bool by_ids, const tessera::MeshOptions& options, Cut cut,
         int (*owner)(std::int64_t))
      : own(cut, world_rank(), owner), mesh(run.mesh(name, own.part(by_ids), options)),
        vectors(run.field<double>(name + "_vectors", mesh.nodes(), {.component_names = {"u", "v", "w"}})),
        tensors(run.field<double>(name + "_tensors", mesh.nodes(), {.tensor_axes = two_by_three})),
        in_cells(run.field<double>(name + "_in_cells", mesh.cells(), {.tensor_axes = two_by_three})),
        vectors_in_cells(run.field<double>(name + "_vectors_in_cells", mesh.cells(), {.components = 3})) {}

  void put(tessera::Step& step, int n) const {
    std::vector<std::vector<double>> uvw(3);
    for (const std::int64_t node : own.nodes) {
      for (int i = 0; i < 3; ++i) uvw[static_cast<std::size_t>(i)].push_back(BricksMesh::value(node, n, i));
    }
    step.put(vectors, tessera::copied(tessera::components(uvw[0], uvw[1], uvw[2])));
    const auto six = BricksMesh::values(own.nodes, n, 6);
    step.put(tensors, tessera::copied(tessera::array(six.data(), {std::ssize(own.nodes), 2, 3})));
    step.put(in_cells, BricksMesh::values(own.cells, n, 6));
    step.put(vectors_in_cells, BricksMesh::values(own.cells, n, 3));
  }
};

/// By the ids, whatever rank put them.
void expect_read_back(Reader& in, const std::string& name, const OnMesh& field, int n, const char* version = "") {
  const auto& [own, mesh, vectors, tensors, in_cells, vectors_in_cells] = field;
  auto step = in.run("a").step(n);
  std::vector<double> three(3 * own.nodes.size()), six(6 * own.nodes.size()), of_cells(6 * own.cells.size()),
      three_of_cells(3 * own.cells.size());
  step.get_at(name + "_vectors" + version, own.nodes, three);
  step.get_at(name + "_tensors" + version, own.nodes, six);
  step.get_at(name + "_in_cells" + version, own.cells, of_cells);
  step.get_at(name + "_vectors_in_cells" + version, own.cells, three_of_cells);
  step.read();
  EXPECT_EQ(three, BricksMesh::values(own.nodes, n, 3));
  EXPECT_EQ(six, BricksMesh::values(own.nodes, n, 6));
  EXPECT_EQ(of_cells, BricksMesh::values(own.cells, n, 6));
  EXPECT_EQ(three_of_cells, BricksMesh::values(own.cells, n, 3));
}

/// With shared nodes, with nodes of each rank's own, and one that others replace.
TEST(TensorKinds, OnMeshes) {
  const std::string path = output_path();
  Writer out(MPI_COMM_WORLD, path, both_side_files());
  auto run = out.run("a");
  const OnMesh ids(run, "ids", true, {}, Cut::mixed, scattered);
  const OnMesh parts(run, "parts", false, {}, Cut::mixed, uneven);
  const OnMesh first(run, "fine", true, {.version = 1}, Cut::hexahedra, scattered);
  for (int n = 0; n < steps; ++n) {
    if (n == 2) {
      const OnMesh second(run, "fine", true, {.version = 2}, Cut::tetrahedra, uneven);
      auto step = run.step(n);
      for (const OnMesh* field : {&ids, &parts, &second}) field->put(step, n);
      step.commit();
      continue;
    }
    auto step = run.step(n);
    for (const OnMesh* field : {&ids, &parts, &first}) field->put(step, n);
    step.commit();
  }
  out.close();
  Reader in(MPI_COMM_WORLD, path);
  EXPECT_EQ(in.run("a").field("ids_tensors").tensor_axes.size(), 2U);
  for (int n = 0; n < steps; ++n) expect_read_back(in, "ids", ids, n);
  for (int n = 0; n < 2; ++n) expect_read_back(in, "fine", first, n, "_1");
  in.close();
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  const std::string h5py = R"(
import numpy as np
def want(ids, count, n):
    return ids[:, None] + 0.25 * np.arange(count) + 1000 * (n + 1)
with h5py.File(sys.argv[1]) as f:
    g = f["a"]
    def check(mesh, field, ids, n, row):
        t, v = g[field("tensors")][row], g[field("vectors")][row]
        c, w = g[field("in_cells")][row], g[field("vectors_in_cells")][row]
        cells = np.arange(len(c))
        return ((t == want(ids, 6, n).reshape(-1, 2, 3)).all() and (v == want(ids, 3, n)).all() and
                (len(ids) == len(t)) and c.shape[1:] == (2, 3), (c == want(cells, 6, n).reshape(-1, 2, 3)).all() and
                (w == want(cells, 3, n)).all())
    places = lambda mesh: (g[mesh + "_x"][...] + 4 * g[mesh + "_y"][...] + 12 * g[mesh + "_z"][...]).astype(int)
    for n in range(3):
        print(*check("ids", lambda name: "ids_" + name, np.arange(60), n, n),
              check("parts", lambda name: "parts_" + name, places("parts"), n, n)[0])
    print(*check("fine_1", lambda name: "fine_" + name + "_1", np.arange(60), 1, 1),
          *check("fine_2", lambda name: "fine_" + name + "_2", places("fine_2"), 2, 2),
          g["fine_tensors_1"].dims[2][0].name)
)";
  EXPECT_EQ(python(h5py, path), "True True True\nTrue True True\nTrue True True\nTrue True True True /a/row");
}

TEST(TensorKinds, InTables) {
  const std::string path = output_path();
  Writer out(MPI_COMM_WORLD, path, both_side_files());
  auto run = out.run("a");
  const auto table = run.table("particles");
  const auto spin = run.field<float>("spin", table, {.tensor_axes = two_by_three});
  const auto place = run.field<double>("place", table, {.components = 3});
  const auto rows_of = [](int rank, int n) { return n == 1 ? 0 : (rank + n) % 3; };
  for (int n = 0; n < steps; ++n) {
    std::vector<float> spins;
    std::vector<double> places;
    for (int row = 0; row < rows_of(world_rank(), n); ++row) {
      for (int i = 0; i < 6; ++i) spins.push_back(static_cast<float>(100 * world_rank() + 10 * row + i));
      for (int i = 0; i < 3; ++i) places.push_back(100 * world_rank() + 10 * row + i);
    }
    auto step = run.step(n);
    step.put(spin, tessera::copied(tessera::array(spins.data(), {std::ssize(spins) / 6, 2, 3})));
    step.put(place, std::move(places));
    step.commit();
  }
  out.close();
  Reader in(MPI_COMM_WORLD, path);
  EXPECT_EQ(in.run("a").field("spin").tensor_axes.size(), 2U);
  for (int n = 0; n < steps; ++n) {
    auto step = in.run("a").step(n);
    std::vector<float> found(static_cast<std::size_t>(6 * step.rows("particles")));
    step.get("spin", {{0}, {step.rows("particles")}}, found);
    step.read();
    std::vector<float> wanted;
    for (int rank = 0; rank < world_size(); ++rank) {
      for (int row = 0; row < rows_of(rank, n); ++row) {
        for (int i = 0; i < 6; ++i) wanted.push_back(static_cast<float>(100 * rank + 10 * row + i));
      }
    }
    EXPECT_EQ(found, wanted);
  }
  in.close();
}

/// The cells of a box, `count` values for each.
std::vector<double> cells_of(const Box& box, int level, int step, int count) {
  std::vector<double> values;
  for (const double value : level_values<double>(box, level, step, 0, [](double one) { return one; })) {
    for (int i = 0; i < count; ++i) values.push_back(value + 0.125 * i);
  }
  return values;
}

TEST(TensorKinds, OnRefinements) {
  const std::string path = output_path();
  {
    Writer out(MPI_COMM_WORLD, path, both_side_files());
    auto run = out.run("a");
    const auto amr = run.refinement("amr", levels_options);
    const auto stress = run.field<double>("stress", amr, {.tensor_axes = two_by_three});
    for (int n = 0; n < steps; ++n) {
      run.regrid(amr, own_boxes(Kind::moving, n, world_rank(), world_size()));
      auto step = run.step(n);
      for (int level = 0; level < amr.levels(); ++level) {
        std::vector<std::vector<double>> memory;
        std::vector<tessera::ArrayRef<double>> arrays;
        for (const Box& box : amr.boxes(level)) {
          memory.push_back(cells_of(box, level, n, 6));
          Index extents = box.extents();
          if (n > 0) extents.push_back(2);
          extents.push_back(n > 0 ? 3 : 6);  // the components on one axis, or on two
          arrays.push_back(tessera::array(memory.back().data(), extents));
        }
        step.put(stress, level, arrays);
      }
      step.commit();
    }
    out.close();
  }
  Reader in(MPI_COMM_WORLD, path);
  const tessera::StoredRefinement amr(in.run("a"), "amr");
  for (int n = 0; n < steps; ++n) {
    auto step = amr.step(n);
    for (int level = 0; level < step.levels(); ++level) {
      for (std::size_t number = 0; number < step.boxes(level).size(); ++number) {
        const Box& box = step.boxes(level)[number];
        std::vector<double> found(static_cast<std::size_t>(6 * box.volume()));
        step.get("stress", level, number, found);
        step.read();
        ASSERT_EQ(found, cells_of(box, level, n, 6)) << "step " << n << ", level " << level;
      }
    }
  }
  in.close();
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  const std::string h5py = R"(
import numpy as np, pathlib
with h5py.File(sys.argv[1]) as f:
    g, same, seen = f["a"], True, 0
    for level in range(3):
        column, boxes = g[f"stress_level{level}"], g[f"amr_level{level}_box"]
        for n in range(3):
            begin, count = (g[f"amr_level{level}_boxes_{name}"][n] for name in ("begin", "count"))
            at = g[f"amr_level{level}_cells_begin"][n]
            for box in boxes[begin:begin + count]:
                z, y, x = (np.arange(box[i], box[i + 1] + 1) for i in (4, 2, 0))
                cells = (1e9 * level + 1e7 * n + (z[:, None, None] * 48 + y[:, None]) * 60 + x).ravel()
                want = (cells[:, None] + 0.125 * np.arange(6)).reshape(-1, 2, 3)
                same &= bool((column[at:at + len(cells)] == want).all())
                at, seen = at + len(cells), seen + 1
    print(same, seen, g["stress_level2"].shape[1:], [d[0].name for d in g["stress_level1"].dims][1:])
name = pathlib.Path(sys.argv[1])
with h5py.File(name.parent / (name.stem + ".a.amr_000001.vtkhdf")) as f:
    print(f["VTKHDF/Level0/CellData/stress"].shape[1:])
)";
  EXPECT_EQ(python(h5py, path), "True 22 (2, 3) ['/a/row', '/a/mode']\n(6,)");
}

}  // namespace
