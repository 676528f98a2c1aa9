#include <gtest/gtest.h>

#include <array>
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
/// Floating-point numbers that are stored with 16 bits, of fields that are not on grids: on nodes and cells of meshes,
/// in tables, on refinements.

using namespace tessera_test;
using tessera::DataType;
using tessera::Field;
using tessera::Precision;
using tessera::Reader;
using tessera::Writer;

namespace {

struct Form {
  const char* name;
  Precision precision;
  DataType type;
};
constexpr std::array forms{Form{"half", Precision::half, DataType::float16},
                           Form{"brief", Precision::bfloat16, DataType::bfloat16}};
constexpr int steps = 2;

/// Whole numbers up to 256 are exact in either; a quarter more is rounded off from 128 on in one of them.
double value_of(std::int64_t id, int step, int component = 0) {
  return static_cast<double>((id + 50 * step + 7 * component) % 200) + 0.25;
}

template <class T>
std::vector<T> values_of(const std::vector<std::int64_t>& ids, int step, int components) {
  std::vector<T> values;
  for (const std::int64_t id : ids) {
    for (int component = 0; component < components; ++component)
      values.push_back(static_cast<T>(value_of(id, step, component)));
  }
  return values;
}

/// Rank 0 has none, where there are others.
std::vector<std::int64_t> own_ids(int step) {
  std::vector<std::int64_t> ids;
  if (world_rank() == 0 && world_size() > 1) return ids;
  for (int i = 0; i < 4 + step; ++i) ids.push_back(20 * world_rank() + i);
  return ids;
}

/// Fields of one form, one of each kind.
struct Fields {
  Field<double> nodes, cells, column;
  Field<float> vectors;
  tessera::RefinedField<double> level;

  Fields(tessera::Run& run, const Form& form, const tessera::Mesh& mesh, const tessera::Table& table,
         const tessera::Refinement& amr) {
    const std::string name = form.name;
    const tessera::FieldOptions<double> options{.precision = form.precision};
    nodes = run.field<double>(name + "_nodes", mesh.nodes(), options);
    cells = run.field<double>(name + "_cells", mesh.cells(), options);
    column = run.field<double>(name + "_column", table, options);
    vectors = run.field<float>(name + "_vectors", table, {.components = 2, .precision = form.precision});
    level = run.field<double>(name + "_level", amr, options);
  }

  void put(tessera::Step& step, int n, const BricksMesh& own, const tessera::Refinement& amr) const {
    step.put(nodes, values_of<double>(own.nodes, n, 1));
    step.put(cells, values_of<double>(own.cells, n, 1));
    step.put(column, values_of<double>(own_ids(n), n, 1));
    step.put(vectors, values_of<float>(own_ids(n), n, 2));
    for (int on = 0; on < amr.levels(); ++on) {
      std::vector<std::vector<double>> arrays;
      for (const tessera::Box& box : amr.boxes(on)) arrays.emplace_back(box.volume(), value_of(on, n));
      step.put(level, on, arrays);
    }
  }
};

std::string written_file() {
  const std::string path = output_path();
  Writer out(MPI_COMM_WORLD, path, {.overwrite = true, .paraview = tessera::SideFiles::both});
  auto run = out.run("a");
  const BricksMesh own(Cut::mixed, world_rank(), scattered);
  const auto mesh = run.mesh("bricks", own.part(true), {});
  const auto table = run.table("particles");
  const auto id = run.field<std::int64_t>("id", table);
  const auto amr = run.refinement("amr", levels_options);
  std::vector<Fields> fields;
  for (const Form& form : forms) fields.emplace_back(run, form, mesh, table, amr);
  run.regrid(amr, own_boxes(Kind::steady, 0, world_rank(), world_size()));
  for (int n = 0; n < steps; ++n) {
    auto step = run.step(n);
    for (const Fields& one : fields) one.put(step, n, own, amr);
    step.put(id, own_ids(n));
    step.commit();
  }
  out.close();
  return path;
}

TEST(ShortFloats, AsStockReadersSeeThemOnEachKind) {
  const std::string path = written_file();
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  const std::string program = R"(
import numpy as np
value = lambda ids, n, c=0: (ids + 50 * n + 7 * c) % 200 + 0.25
def brief(values):
    bits = values.astype("f4").view("u4")
    return ((bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000).view("f4")
with h5py.File(sys.argv[1]) as f:
    g = f["a"]
    for form, rounded, bits in (("half", lambda v: v.astype("f2"), 0), ("brief", brief, 7)):
        nodes, cells, column = g[form + "_nodes"], g[form + "_cells"], g[form + "_column"]
        same = [nodes.id.get_type().get_size() == 2, column.id.get_type().get_size() == 2]
        for n in range(2):
            same.append((nodes[n] == rounded(value(np.arange(60), n))).all())
            same.append((cells[n] == rounded(value(np.arange(cells.shape[1]), n))).all())
            rows = slice(g["particles_begin"][n], g["particles_begin"][n] + g["particles_count"][n])
            ids = g["id"][rows]
            same.append((column[rows] == rounded(value(ids, n))).all())
            same.append((g[form + "_vectors"][rows, 1] == rounded(value(ids, n, 1))).all())
            for level in range(3):
                at = g[f"amr_level{level}_cells_begin"][n]
                part = g[f"{form}_level_level{level}"][at:at + g[f"amr_level{level}_cells_count"][n]]
                same.append(len(part) > 0 and (part == rounded(value(np.full(len(part), level), n))).all())
        print(nodes.dtype, column.dtype, all(same), len(g["id"]) > 0)
)";
  EXPECT_EQ(python(program, path), "float16 float16 True True\nfloat32 float32 True True");
}

TEST(ShortFloats, AreReadBackOnEachKind) {
  const std::string path = written_file();
  const BricksMesh own(Cut::mixed, world_rank(), scattered);
  Reader in(MPI_COMM_WORLD, path);
  const tessera::StoredRefinement amr(in.run("a"), "amr");
  for (const Form& form : forms) {
    const std::string name = form.name;
    EXPECT_EQ(in.run("a").field(name + "_nodes").type, form.type);
    EXPECT_EQ(in.run("a").field(name + "_column").type, form.type);
    for (int n = 0; n < steps; ++n) {
      auto step = in.run("a").step(n);
      std::vector<double> on_nodes(own.nodes.size());
      std::vector<float> on_cells(own.cells.size());
      std::vector<double> rows(static_cast<std::size_t>(step.rows("particles")));
      step.get_at(name + "_nodes", own.nodes, on_nodes);
      step.get_at(name + "_cells", own.cells, on_cells);
      step.get(name + "_column", {{0}, {step.rows("particles")}}, rows);
      step.read();
      for (std::size_t i = 0; i < on_nodes.size(); ++i) EXPECT_NEAR(on_nodes[i], value_of(own.nodes[i], n), 0.25);
      for (std::size_t i = 0; i < on_cells.size(); ++i) EXPECT_NEAR(on_cells[i], value_of(own.cells[i], n), 0.25);
      const std::int64_t first = world_size() > 1 ? 20 : 0;
      ASSERT_FALSE(rows.empty());
      EXPECT_NEAR(rows.front(), value_of(first, n), 0.25);
      auto levels = amr.step(n);
      std::vector<double> cells(static_cast<std::size_t>(levels.boxes(2)[1].volume()));
      levels.get(name + "_level", 2, 1, cells);
      levels.read();
      EXPECT_NEAR(cells.back(), value_of(2, n), 0.25);
    }
  }
  in.close();
}

}  // namespace
