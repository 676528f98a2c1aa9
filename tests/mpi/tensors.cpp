#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <tessera/reader.hpp>
#include <tessera/writer.hpp>

#include "support/engine.hpp"
#include "support/outside.hpp"
#include "support/same_error.hpp"
#include "support/test_file.hpp"

/// \file
/// Components on two axes, of fields on grids.

using namespace tessera_test;
using tessera::Box;
using tessera::ErrorCode;
using tessera::FieldOptions;
using tessera::Grid;
using tessera::Index;
using tessera::Precision;
using tessera::Reader;
using tessera::TensorAxis;
using tessera::Writer;

namespace {

const Index shape{3, 4, 5};
const std::vector<TensorAxis> xyz{{"row", {"x", "y", "z"}}, {"column", {"x", "y", "z"}}};
const std::vector<TensorAxis> two_by_three{{.name = "shape_function", .length = 2},
                                           {.name = "derivative", .length = 3}};

template <class T>
T value_at(std::int64_t z, std::int64_t y, std::int64_t x, int component) {
  return static_cast<T>(60 * component + 20 * z + 5 * y + x);
}

/// This rank's planes along the first axis; of more ranks than planes some have none.
Box own_planes() {
  Box box{{0, 0, 0}, shape};
  box.lower[0] = shape[0] * world_rank() / world_size();
  box.upper[0] = shape[0] * (world_rank() + 1) / world_size();
  return box;
}

/// Memory of a box with ghost layers of -1 and two axes of components, by its strides.
struct Memory {
  Index extents, strides;
  std::vector<double> values;

  /// \param order the axes of the array, the slowest first
  Memory(const Box& box, const std::array<std::size_t, 5>& order, std::int64_t halo, bool filled = true)
      : extents(box.extents()), strides(Index::filled(5, 0)) {
    for (std::int64_t& extent : extents) extent += 2 * halo;
    extents.push_back(3);
    extents.push_back(3);
    std::int64_t size = 1;
    for (std::size_t i = 5; i-- > 0;) {
      strides[order[i]] = size;
      size *= extents[order[i]];
    }
    values.assign(static_cast<std::size_t>(size), -1.0);
    if (!filled) return;
    for (std::int64_t z = box.lower[0]; z < box.upper[0]; ++z) {
      for (std::int64_t y = 0; y < shape[1]; ++y) {
        for (std::int64_t x = 0; x < shape[2]; ++x) {
          for (int i = 0; i < 9; ++i) {
            const Index at{z - box.lower[0] + halo, y + halo, x + halo, i / 3, i % 3};
            std::int64_t place = 0;
            for (std::size_t axis = 0; axis < 5; ++axis) place += at[axis] * strides[axis];
            values[static_cast<std::size_t>(place)] = value_at<double>(z, y, x, i);
          }
        }
      }
    }
  }
};

const std::array<std::size_t, 5> in_c_order{0, 1, 2, 3, 4};
const std::array<std::size_t, 5> in_fortrans_order{4, 3, 2, 1, 0};
const std::array<std::size_t, 5> transposed{0, 1, 2, 4, 3};

/// `count` components of each cell of this rank, together.
template <class T>
std::vector<T> own_values(int count = 9) {
  std::vector<T> values;
  const Box own = own_planes();
  for (std::int64_t z = own.lower[0]; z < own.upper[0]; ++z) {
    for (std::int64_t cell = 0; cell < 20; ++cell) {
      for (int i = 0; i < count; ++i) values.push_back(value_at<T>(z, cell / 5, cell % 5, i));
    }
  }
  return values;
}

std::vector<double> component_of(int component) {
  std::vector<double> values;
  const auto all = own_values<double>();
  for (std::size_t i = static_cast<std::size_t>(component); i < all.size(); i += 9) values.push_back(all[i]);
  return values;
}

template <class T>
void write_type(tessera::Run& run, const std::string& name, Precision precision = Precision::as_given) {
  const auto field = run.field<T>(name, Grid{shape}, {.tensor_axes = xyz, .fill = T(0), .precision = precision});
  auto step = run.step(static_cast<double>(run.steps()));
  if (!own_planes().empty()) step.put(field, own_planes(), own_values<T>());
  step.commit();
}

/// Each form in a step of its own; the same values.
void write_forms(tessera::Run& run) {
  const auto field =
      run.field<double>("stress", Grid{shape}, {.unit = "Pa", .components = 9, .tensor_axes = xyz, .fill = 0.0});
  const Box own = own_planes();
  const Memory rows(own, in_c_order, 0), left(own, in_fortrans_order, 2), turned(own, transposed, 1);
  std::vector<std::array<std::array<double, 3>, 3>> nested(static_cast<std::size_t>(own.volume()));
  std::ranges::copy(rows.values, own.empty() ? nullptr : nested[0][0].data());
  std::vector<std::vector<double>> s;
  for (int i = 0; i < 9; ++i) s.push_back(component_of(i));
  const auto commit = [&](const auto& put) {
    auto step = run.step(static_cast<double>(run.steps()));
    if (!own.empty()) put(step);
    step.commit();
  };
  commit([&](tessera::Step& step) { step.put(field, own, rows.values); });
  commit([&](tessera::Step& step) { step.put(field, own, nested); });
  commit([&](tessera::Step& step) { step.put(field, own, tessera::array(rows.values.data(), rows.extents)); });
  commit([&](tessera::Step& step) {
    step.put(field, own, tessera::with_halo(tessera::array(left.values.data(), left.extents, left.strides), 2));
  });
  commit([&](tessera::Step& step) {
    const auto array = tessera::array(turned.values.data(), turned.extents, turned.strides);
    step.put(field, own, tessera::copied(tessera::with_halo(array, 1)));
  });
  commit([&](tessera::Step& step) {
    step.put(field, own, tessera::components(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8]));
  });
}

std::string written_file() {
  const std::string path = output_path();
  Writer out(MPI_COMM_WORLD, path, {.overwrite = true, .paraview = tessera::SideFiles::both, .statistics = true});
  auto run = out.run("a");
  write_forms(run);
  write_type<std::int8_t>(run, "int8");
  write_type<std::uint16_t>(run, "uint16");
  write_type<std::int64_t>(run, "int64");
  write_type<float>(run, "float32");
  write_type<double>(run, "single", Precision::single);
  write_type<double>(run, "brief", Precision::bfloat16);
  const auto gradient =
      run.field<double>("gradient", Grid{shape}, {.tensor_axes = two_by_three, .time_dependent = false});
  // All seven axes: time, four of the grid, two of components.
  const auto wide =
      run.field<float>("wide", Grid{{2, 1, 2, 2}, {.axes = {"w", "c", "b", "a"}}},
                       {.tensor_axes = {{"row", {"x", "y", "z"}}, {.name = "of_one", .length = 1}}, .fill = 0});
  auto statics = run.statics();
  if (!own_planes().empty()) statics.put(gradient, own_planes(), own_values<double>(6));
  statics.commit();
  std::vector<float> numbers(24);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i);
  auto step = run.step(static_cast<double>(run.steps()));
  if (world_rank() == 0) step.put(wide, {{0, 0, 0, 0}, {2, 1, 2, 2}}, numbers);
  step.commit();
  out.close();
  return path;
}

TEST(Tensors, AsStockReadersSeeThem) {
  const std::string path = written_file();
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  const std::string h5py = R"(
import numpy as np
with h5py.File(sys.argv[1]) as f:
    g = f["a"]
    z, y, x = np.indices((3, 4, 5))
    cells = 20 * z + 5 * y + x
    want = np.stack([60 * i + cells for i in range(9)], axis=-1).reshape(3, 4, 5, 3, 3)
    s = g["stress"]
    names = ["int8", "uint16", "int64", "float32", "single"]
    same = [(g[n][6 + i] == want.astype("i8" if n == "single" else n)).all() for i, n in enumerate(names)]
    print(s.shape[1:], s.chunks[-2:], [(s[n] == want).all() for n in range(6)].count(True), all(same),
          (g["brief"][11] == want).mean() > 0.3, np.abs(g["brief"][11] - want).max() <= 2, g["single"].dtype)
    print([d[0].name for d in s.dims][-2:], ",".join(g["row"].asstr()[...]), s.attrs["tensor_axes"])
    print(g["gradient"].shape, (g["gradient"][...] == want.reshape(3, 4, 5, 9)[..., :6].reshape(3, 4, 5, 2, 3)).all(),
          g["wide"].shape, (g["wide"][12].ravel() == np.arange(24)).all())
with h5py.File(sys.argv[1].rsplit(".", 1)[0] + ".a.vtkhdf") as f:
    p = f["VTKHDF/PointData"]
    print(p["stress"].shape, (p["stress"][3] == want.reshape(3, 4, 5, 9)).all(), p["gradient"].shape,
          (p["gradient"][0] == want.reshape(3, 4, 5, 9)[..., :6]).all())
)";
  const std::string differs =
      R"(d.stress.sel(row="x", column="z")[4, 2, 3, 4] != 179 or d.stress.sel(row="z", column="x")[4, 2, 3, 4] != 419)";
  const std::string header = R"(
import shutil, subprocess
if shutil.which("ncdump"):
    text = subprocess.run(["ncdump", "-h", sys.argv[1]], capture_output=True, text=True).stdout
    if 'double stress(time, z, y, x, row, column)' not in text or '(z, y, x, shape_function, derivative)' not in text:
        print(text)
)";
  EXPECT_EQ(python(h5py + with_xarray(differs) + header, path),
            "(3, 4, 5, 3, 3) (3, 3) 6 True True True float32\n"
            "['/a/row', '/a/column'] x,y,z b'row column'\n"
            "(3, 4, 5, 2, 3) True (13, 2, 1, 2, 2, 3, 1) True\n"
            "(13, 3, 4, 5, 9) True (1, 3, 4, 5, 6) True");
}

TEST(Tensors, AreReadBack) {
  const std::string path = written_file();
  Reader in(MPI_COMM_WORLD, path);
  const auto run = in.run("a");
  const auto info = run.field("stress");
  EXPECT_EQ(info.tensor_axes.size(), 2u);
  EXPECT_EQ(info.tensor_axes[1].names, xyz[1].names);
  EXPECT_EQ(std::int64_t{info.tensor_axes[1].length}, 3);
  EXPECT_EQ(info.components, 9);
  EXPECT_EQ(info.grid.shape, shape);
  EXPECT_TRUE(info.attributes.empty());
  EXPECT_EQ(run.field("gradient").tensor_axes, two_by_three);
  EXPECT_EQ(run.field("wide").grid.shape, (Index{2, 1, 2, 2}));
  EXPECT_EQ(run.statistics("stress").components, 9);
  EXPECT_EQ(run.statistics("stress").at(3, 8).maximum, 539);
  const Box own = own_planes();
  std::vector<double> flat(own_values<double>().size());
  std::vector<std::vector<float>> s(9, std::vector<float>(static_cast<std::size_t>(own.volume())));
  Memory rows(own, in_c_order, 0, false), left(own, in_fortrans_order, 1, false);
  auto step = run.step(3);
  step.get("stress", own, flat);
  step.get("stress", own, tessera::into(rows.values.data(), rows.extents, rows.strides));
  step.get("stress", own, tessera::into(left.values.data(), left.extents, left.strides).with_halo(1));
  step.get("stress", own, tessera::into_components(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8]));
  std::array<double, 18> around{};
  step.get("stress", {{0, 0, 4}, {1, 1, 6}}, around, {.periodic = {2}});
  step.read();
  EXPECT_EQ(flat, own_values<double>());
  EXPECT_EQ(rows.values, own_values<double>());
  EXPECT_EQ(left.values, Memory(own, in_fortrans_order, 1).values);
  for (int i = 0; i < 9; ++i) {
    const auto wanted = component_of(i);
    EXPECT_TRUE(std::ranges::equal(s[static_cast<std::size_t>(i)], wanted)) << i;
  }
  EXPECT_EQ(around[1], 64);
  EXPECT_EQ(around[9 + 8], 480);
  std::vector<double> narrow(9);
  expect_error({ErrorCode::shape_mismatch, {"'stress'", "(1, 1, 1, 3, 3), the components perhaps as 3 x 3"}}, [&] {
    step.get("stress", {{0, 0, 0}, {1, 1, 1}}, tessera::into(narrow.data(), {1, 1, 1, 9, 1}, {9, 9, 9, 1, 1}));
    step.read();
  });
  in.close();
}

TEST(Tensors, AreGoneOnWith) {
  if (is_collective()) GTEST_SKIP() << "the collective engine continues no file";
  const std::string path = written_file();
  Writer out(MPI_COMM_WORLD, path, {.open = tessera::OpenMode::append, .statistics = true});
  auto run = out.run("a");
  const auto refuse = [&](const std::vector<std::string>& words, const FieldOptions<double>& options) {
    expect_error({ErrorCode::name_in_use, words}, [&] { run.field<double>("stress", Grid{shape}, options); });
  };
  refuse({"stress", "axis of its components", "'row' of 'x', 'y', 'z' and 'column' of 'x', 'y', 'z'",
          "without names here"},
         {.unit = "Pa", .components = 9, .fill = 0.0});
  refuse({"stress", "'column' of 'x', 'y', 'z' in the file", "'column' of 3 without names here"},
         {.unit = "Pa", .tensor_axes = {{"row", {"x", "y", "z"}}, {.length = 3}}, .fill = 0.0});
  refuse({"stress", "the number of its components is 3 x 3 in the file and 2 x 3 here"},
         {.unit = "Pa", .tensor_axes = two_by_three, .fill = 0.0});
  const auto stress = run.field<double>("stress", Grid{shape}, {.unit = "Pa", .tensor_axes = xyz, .fill = 0.0});
  const auto more = run.field<double>("more", Grid{shape}, {.tensor_axes = xyz, .fill = 0.0});
  run.field<double>("gradient", Grid{shape}, {.tensor_axes = two_by_three, .time_dependent = false});
  const auto values = own_values<double>();
  for (int number = 0; number < 3; ++number) {  // so that each copy of the metadata is made
    auto step = run.step(100 + number);
    if (!own_planes().empty()) {
      step.put(stress, own_planes(), values);
      step.put(more, own_planes(), tessera::copied(values));
    }
    step.commit();
  }
  out.close();
  Reader in(MPI_COMM_WORLD, path);
  EXPECT_EQ(in.run("a").field("more").tensor_axes, in.run("a").field("stress").tensor_axes);
  std::vector<double> found(values.size());
  auto step = in.run("a").step(-1);
  step.get("more", own_planes(), found);
  step.read();
  EXPECT_EQ(found, values);
  in.close();
}

}  // namespace
