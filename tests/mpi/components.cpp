#include <gtest/gtest.h>

#include <algorithm>
#include <complex>
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
/// Components with names, and vectors that are put from an array for each component.

using namespace tessera_test;
using tessera::Box;
using tessera::components;
using tessera::ErrorCode;
using tessera::Field;
using tessera::FieldOptions;
using tessera::Grid;
using tessera::Index;
using tessera::Reader;
using tessera::Writer;

namespace {

const Index shape{3, 4, 5};
const std::vector<std::string> vector_names{"u", "v", "w"};
const std::vector<std::string> stress_names{"xx", "yy", "zz", "yz", "xz", "\u03c3xy"};

template <class T>
T value_at(const Index& i, int component) {
  return static_cast<T>(100 * component + 20 * i[0] + 5 * i[1] + i[2]);
}

/// This rank's planes along the first axis; of more ranks than planes some have none.
Box own_planes() {
  Box box{{0, 0, 0}, shape};
  box.lower[0] = shape[0] * world_rank() / world_size();
  box.upper[0] = shape[0] * (world_rank() + 1) / world_size();
  return box;
}

/// One component of the box with ghost layers of 99 around it.
template <class T>
std::vector<T> component_of(const Box& box, int component, std::int64_t halo = 0) {
  std::vector<T> values;
  for (std::int64_t z = box.lower[0] - halo; z < box.upper[0] + halo; ++z) {
    for (std::int64_t y = box.lower[1] - halo; y < box.upper[1] + halo; ++y) {
      for (std::int64_t x = box.lower[2] - halo; x < box.upper[2] + halo; ++x) {
        const bool is_own = z >= box.lower[0] && z < box.upper[0] && y >= box.lower[1] && y < box.upper[1] &&
                            x >= box.lower[2] && x < box.upper[2];
        values.push_back(is_own ? value_at<T>({z, y, x}, component) : T(99));
      }
    }
  }
  return values;
}

/// In Fortran's order.
std::vector<double> transposed_component(const Box& box, int component) {
  std::vector<double> values;
  for (std::int64_t x = box.lower[2]; x < box.upper[2]; ++x) {
    for (std::int64_t y = box.lower[1]; y < box.upper[1]; ++y) {
      for (std::int64_t z = box.lower[0]; z < box.upper[0]; ++z)
        values.push_back(value_at<double>({z, y, x}, component));
    }
  }
  return values;
}

/// A field of three components, put in a form that `put` chooses.
template <class T, class Put>
void write_vectors(tessera::Run& run, const std::string& name, const Put& put, FieldOptions<T> options = {}) {
  options.component_names = vector_names;
  const auto field = run.field<T>(name, Grid{shape}, options);
  auto step = run.step(static_cast<double>(run.steps()));
  if (!own_planes().empty()) put(step, field, own_planes());
  step.commit();
}

template <class T>
void write_type(tessera::Run& run, const std::string& name) {
  std::vector<T> u, v, w;
  const auto put = [&](tessera::Step& step, const Field<T>& field, const Box& box) {
    u = component_of<T>(box, 0), v = component_of<T>(box, 1), w = component_of<T>(box, 2);
    step.put(field, box, components(u, v.data(), tessera::array(w.data(), box.extents())));
  };
  write_vectors<T>(run, name, put, {.fill = T(0)});
}

std::string written_file() {
  const std::string path = output_path();
  Writer out(MPI_COMM_WORLD, path, {.overwrite = true});
  auto run = out.run("a");
  write_type<std::int8_t>(run, "int8");
  write_type<std::int16_t>(run, "int16");
  write_type<std::uint32_t>(run, "uint32");
  write_type<std::int64_t>(run, "int64");
  write_type<float>(run, "float32");
  write_type<double>(run, "float64");
  // Each in another form: with ghost layers, in Fortran's order, as a temporary.
  std::vector<double> u, v;
  const auto put_forms = [&](tessera::Step& step, const Field<double>& field, const Box& box) {
    u = component_of<double>(box, 0, 2), v = transposed_component(box, 1);
    const Index sizes = box.extents();
    const Index strides{1, sizes[0], sizes[0] * sizes[1]};
    step.put(field, box,
             components(tessera::with_halo(u, 2), tessera::array(v.data(), sizes, strides),
                        component_of<double>(box, 2)));
  };
  write_vectors<double>(run, "forms", put_forms, {.fill = 0.0});
  write_vectors<double>(run, "single", put_forms, {.fill = 0.0, .precision = tessera::Precision::single});
  // Copied at the put: the memory may change.
  const auto put_copies = [&](tessera::Step& step, const Field<double>& field, const Box& box) {
    auto a = component_of<double>(box, 0, 1), b = component_of<double>(box, 1, 1), c = component_of<double>(box, 2, 1);
    step.put(field, box, tessera::copied(tessera::with_halo(components(a, b, c), 1)));
    for (auto* all : {&a, &b, &c}) all->assign(all->size(), -1.0);
  };
  write_vectors<double>(run, "copies", put_copies, {.fill = 0.0});
  const auto stress = run.field<double>(
      "stress", Grid{shape},
      {.components = 6, .component_names = stress_names, .component_axis = "tensor", .time_dependent = false});
  const auto pairs = run.field<std::complex<double>>("pairs", Grid{shape}, {.time_dependent = false});
  std::vector<std::vector<double>> all;
  for (int component = 0; component < 6; ++component) all.push_back(component_of<double>(own_planes(), component));
  auto statics = run.statics();
  if (!own_planes().empty()) {
    statics.put(stress, own_planes(), components(all[0], all[1], all[2], all[3], all[4], all[5]));
    statics.put(pairs, own_planes(), tessera::copied(components(all[0], all[1])));
  }
  statics.commit();
  out.close();
  return path;
}

TEST(Components, AsStockReadersSeeThem) {
  const std::string path = written_file();
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  const std::string h5py = R"(
import numpy as np
with h5py.File(sys.argv[1]) as f:
    g = f["a"]
    z, y, x = np.indices((3, 4, 5))
    want = lambda n: np.stack([100 * c + 20 * z + 5 * y + x for c in range(n)], axis=-1)
    names = ["int8", "int16", "uint32", "int64", "float32", "float64", "forms", "single", "copies"]
    same = [(g[n][i] == want(3).astype(n if i < 6 else "f8")).all() for i, n in enumerate(names)]
    print(all(same), (g["stress"][...] == want(6)).all(), (g["pairs"][...] == want(2)).all(),
          ",".join(g["component"].asstr()[...]), ",".join(g["tensor"].asstr()[...]) == "xx,yy,zz,yz,xz,\u03c3xy",
          g["single"].dtype, g["stress"].dims[3][0].name)
)";
  EXPECT_EQ(python(h5py, path), "True True True u,v,w True float32 /a/tensor");
  const std::string differs =
      R"(d.stress.sel(tensor="yy")[2, 3, 4] != 159 or d.forms.sel(component="w")[6, 1, 1, 1] != 226)";
  EXPECT_EQ(python(with_xarray(differs), path), "");
}

TEST(Components, AreReadBackWithTheirNames) {
  const std::string path = written_file();
  Reader in(MPI_COMM_WORLD, path);
  const auto run = in.run("a");
  EXPECT_EQ(run.field("forms").component_names, vector_names);
  EXPECT_EQ(run.field("forms").grid.shape, shape);
  EXPECT_EQ(run.field("stress").component_names, stress_names);
  EXPECT_TRUE(run.field("pairs").component_names.empty());
  EXPECT_FALSE(run.has_field("component"));
  std::vector<double> values(3);
  auto step = run.step(6);
  step.get("forms", Box::at({2, 3, 4}, {1, 1, 1}), values);
  step.read();
  EXPECT_EQ(values, (std::vector<double>{59, 159, 259}));
  in.close();
}

/// As restarts do: each rank its planes, into arrays of its own, with ghost layers or in another order.
TEST(Components, AreReadIntoSeparateArrays) {
  const std::string path = written_file();
  Reader in(MPI_COMM_WORLD, path);
  const Box own = own_planes();
  const Index sizes = own.extents();
  const auto cells = static_cast<std::size_t>(own.volume());
  std::vector<double> u = component_of<double>(own, 9, 1), v(cells), w(cells);
  std::ranges::fill(u, 99);
  const Index strides{1, sizes[0], sizes[0] * sizes[1]};
  auto step = in.run("a").step(6);
  step.get("forms", own,
           tessera::into_components(tessera::into(u).with_halo(1), v.data(), tessera::into(w.data(), sizes, strides)));
  std::vector<float> small[3] = {std::vector<float>(60), std::vector<float>(60), std::vector<float>(60)};
  const Box all{{0, 0, 0}, shape};
  step.get("forms", all, tessera::into_components(small[0], small[1], small[2]));
  step.read();
  EXPECT_EQ(u, component_of<double>(own, 0, 1));
  EXPECT_EQ(v, component_of<double>(own, 1));
  EXPECT_EQ(w, transposed_component(own, 2));
  for (int component = 0; component < 3; ++component) EXPECT_EQ(small[component], component_of<float>(all, component));
  // Around a periodic axis, in two parts.
  const Box around{{0, 0, 3}, {1, 1, 7}};
  std::vector<double> first(4), second(4), third(4);
  step.get("forms", around, tessera::into_components(first, second, third), {.periodic = {2}});
  step.read();
  EXPECT_EQ(second, (std::vector<double>{103, 104, 100, 101}));
  expect_error({ErrorCode::shape_mismatch, {"'forms'", "3 components", "2 arrays"}}, [&] {
    step.get("forms", around, tessera::into_components(first, second), {.periodic = {2}});
    step.read();
  });
  in.close();
}

TEST(Components, AreGoneOnWith) {
  if (is_collective()) GTEST_SKIP() << "the collective engine continues no file";
  const std::string path = written_file();
  Writer out(MPI_COMM_WORLD, path, {.open = tessera::OpenMode::append});
  auto run = out.run("a");
  expect_error({ErrorCode::name_in_use, {"forms", "axis of its components", "'u'", "'vv'"}}, [&] {
    run.field<double>("forms", Grid{shape}, {.component_names = {"u", "vv", "w"}, .fill = 0.0});
  });
  expect_error({ErrorCode::name_in_use, {"forms", "without names"}},
               [&] { run.field<double>("forms", Grid{shape}, {.components = 3, .fill = 0.0}); });
  const auto field = run.field<double>("forms", Grid{shape}, {.component_names = vector_names, .fill = 0.0});
  const auto more = run.field<double>("more", Grid{shape}, {.component_names = vector_names, .fill = 0.0});
  const std::vector<double> ones(static_cast<std::size_t>(own_planes().volume()), 1.0);
  for (int number = 0; number < 3; ++number) {  // so that each copy of the metadata is made
    auto step = run.step(100 + number);
    if (!own_planes().empty()) {
      step.put(field, own_planes(), components(ones, ones, ones));
      step.put(more, own_planes(), tessera::copied(components(ones, ones, ones)));
    }
    step.commit();
  }
  out.close();
  Reader in(MPI_COMM_WORLD, path);
  EXPECT_EQ(in.run("a").field("more").component_names, vector_names);
  EXPECT_EQ(in.run("a").field("stress").component_names, stress_names);
  in.close();
}

TEST(Components, WithNamesThatNoAxisCanHave) {
  Writer out(MPI_COMM_WORLD, output_path(), {.overwrite = true});
  auto run = out.run("a");
  const auto declare = [&](const std::string& name, const FieldOptions<double>& options) {
    run.field<double>(name, Grid{shape}, options);
  };
  expect_error({ErrorCode::invalid_argument, {"field 'V'", "3 components", "2 names"}}, [&] {
    declare("V", {.components = 3, .component_names = {"u", "v"}});
  });
  expect_error({ErrorCode::invalid_argument, {"field 'V'", "1 components", "1 names"}},
               [&] { declare("V", {.component_names = {"u"}}); });
  expect_error({ErrorCode::invalid_argument, {"component 1", "field 'V'", "empty"}}, [&] {
    declare("V", {.component_names = {"u", "", "w"}});
  });
  expect_error({ErrorCode::invalid_argument, {"component 2", "'u'", "another"}}, [&] {
    declare("V", {.component_names = {"u", "v", "u"}});
  });
  expect_error({ErrorCode::invalid_argument, {"component 0", "UTF-8"}}, [&] {
    declare("V", {.component_names = {"\xff", "v"}});
  });
  expect_error({ErrorCode::invalid_argument, {"axis of components"}}, [&] {
    declare("V", {.component_names = {"u", "v"}, .component_axis = "a/b"});
  });
  expect_error({ErrorCode::name_in_use, {"x"}}, [&] {
    declare("V", {.component_names = {"u", "v"}, .component_axis = "x"});
  });
  declare("N", {.component_names = {"u", "v"}});
  expect_error({ErrorCode::name_in_use, {"'component'", "names"}}, [&] {
    declare("W", {.component_names = {"u", "w"}});
  });
  declare("W", {.component_names = {"u", "w"}, .component_axis = "other"});
  if (world_size() > 1) {
    expect_error({ErrorCode::ranks_disagree, {"component_names"}}, [&] {
      declare("D", {.component_names = {"u", world_rank() == 0 ? "v" : "w"}, .component_axis = "third"});
    });
  }
  out.close();
}

TEST(Components, PutFromArraysThatDoNotFit) {
  Writer out(MPI_COMM_WORLD, output_path(), {.overwrite = true});
  auto run = out.run("a");
  const auto field = run.field<double>("V", Grid{shape}, {.components = 3});
  const auto scalar = run.field<double>("S", Grid{shape});
  const Box box{{0, 0, 0}, shape};
  const std::vector<double> right(60, 1.0), wrong(59, 1.0);
  for (const std::set<int>& culprit : culprits()) {
    const bool is_wrong = culprit.empty() || culprit.contains(world_rank());
    const auto put = [&](const auto& source) {
      auto step = run.step(0);
      if (is_wrong) step.put(field, box, source);
      step.commit();
    };
    expect_error({ErrorCode::shape_mismatch, {"field 'V'", "3 components", "2 arrays"}, culprit},
                 [&] { put(components(right, right)); });
    expect_error({ErrorCode::shape_mismatch, {"V (component 1)", "59 elements"}, culprit},
                 [&] { put(components(right, wrong, right)); });
    expect_error({ErrorCode::shape_mismatch, {"V (component 2)", "extents"}, culprit}, [&] {
      put(components(right, right, tessera::array(right.data(), {5, 4, 3})));
    });
    expect_error({ErrorCode::invalid_argument, {"V (component 0)", "null pointer"}, culprit},
                 [&] { put(components(static_cast<const double*>(nullptr), right.data(), right.data())); });
    expect_error({ErrorCode::shape_mismatch, {"field 'S'", "1 component", "3 arrays"}, culprit}, [&] {
      auto step = run.step(0);
      if (is_wrong) step.put(scalar, box, components(right, right, right));
      step.commit();
    });
  }
  out.close();
}

}  // namespace
