#include <gtest/gtest.h>

#include <complex>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include <tessera/reader.hpp>
#include <tessera/writer.hpp>

#include "support/engine.hpp"
#include "support/outside.hpp"
#include "support/same_error.hpp"
#include "support/test_file.hpp"

/// \file
/// Fields of values that the file has in another form: truth values and complex numbers.

using namespace tessera_test;
using tessera::Box;
using tessera::ErrorCode;
using tessera::Grid;
using tessera::Index;
using tessera::Reader;
using tessera::Writer;
using Complex = std::complex<double>;

namespace {

const Index shape{6, 4, 3};

Complex value_at(const Index& i) {
  const auto number = static_cast<double>(100 * i[0] + 10 * i[1] + i[2]);
  return {number, -0.5 * number};
}

/// This rank's planes along the first axis; of more ranks than planes some have none.
Box own_planes() {
  Box box{{0, 0, 0}, shape};
  box.lower[0] = shape[0] * world_rank() / world_size();
  box.upper[0] = shape[0] * (world_rank() + 1) / world_size();
  return box;
}

/// In Fortran's order, which transforms leave: the first axis is the fastest.
std::vector<Complex> in_fortran_order(const Box& box) {
  std::vector<Complex> values;
  for (std::int64_t x = box.lower[2]; x < box.upper[2]; ++x) {
    for (std::int64_t y = box.lower[1]; y < box.upper[1]; ++y) {
      for (std::int64_t z = box.lower[0]; z < box.upper[0]; ++z) values.push_back(value_at({z, y, x}));
    }
  }
  return values;
}

std::string written_file() {
  const std::string path = output_path();
  Writer out(MPI_COMM_WORLD, path, {.overwrite = true});
  auto run = out.run("a");
  const auto spectrum = run.field<Complex>("spectrum", Grid{shape}, {.unit = "m"});
  const auto single = run.field<std::complex<float>>("single", Grid{shape}, {.time_dependent = false});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  run.field<Complex>("filled", Grid{shape}, {.time_dependent = false, .fill = Complex(nan, nan)});
  const auto mask = run.field<bool>("mask", Grid{shape}, {.time_dependent = false});
  const Box own = own_planes();
  const auto values = in_fortran_order(own);
  const Index sizes = own.extents();
  const Index strides{1, sizes[0], sizes[0] * sizes[1]};
  std::vector<std::complex<float>> rounded(static_cast<std::size_t>(own.volume()), {0.5f, 2.0f});
  const auto truth = std::make_unique<bool[]>(static_cast<std::size_t>(own.volume()));
  for (std::int64_t i = 0; i < own.volume(); ++i) truth[static_cast<std::size_t>(i)] = i % 3 == 0;
  auto statics = run.statics();
  statics.put(single, own, rounded);
  statics.put(mask, own, truth.get());
  statics.commit();
  auto step = run.step(0);
  step.put(spectrum, own, tessera::array(values.data(), sizes, strides));
  step.commit();
  out.close();
  return path;
}

TEST(Values, ComplexNumbersAndTruthValuesAsStockReadersSeeThem) {
  const std::string path = written_file();
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  const std::string h5py = R"(
import numpy as np
with h5py.File(sys.argv[1]) as f:
    z, y, x = np.indices((6, 4, 3))
    n = 100.0 * z + 10 * y + x
    u = f["a/spectrum"][0].view(complex)[..., 0]
    m = f["a/mask"]
    print((u == n - 0.5j * n).all(), f["a/single"].dtype, (f["a/single"][...] == [0.5, 2]).all(),
          np.isnan(f["a/filled"][...]).all(), m.dtype, m.attrs["dtype"], m[0, 0, 0], m[0, 0, 1])
)";
  EXPECT_EQ(python(h5py, path), "True float32 True True int8 bool 1 0");
  const std::string with_xarray = R"(
try:
    import xarray
    d = xarray.open_dataset(sys.argv[1], group="a", engine="h5netcdf")
    print(d.mask.dtype, d.spectrum.dims, complex(d.spectrum[0, 1, 2, 0].values @ [1, 1j]))
except ImportError:
    print("none")
)";
  const std::string seen = python(with_xarray, path);
  EXPECT_TRUE(seen == "none" || seen == "bool ('time', 'z', 'y', 'x', 'component_2') (120-60j)") << seen;
}

TEST(Values, ComplexNumbersAreReadBack) {
  const std::string path = written_file();
  Reader in(MPI_COMM_WORLD, path);
  EXPECT_EQ(in.run("a").field("spectrum").components, 2);
  const Box all{{0, 0, 0}, shape};
  std::vector<Complex> values(static_cast<std::size_t>(all.volume()));
  std::vector<Complex> transposed(values);
  auto step = in.run("a").step(0);
  step.get("spectrum", all, values);
  step.get("spectrum", all, tessera::into(transposed.data(), shape, {1, 6, 24}));
  step.read();
  EXPECT_EQ(transposed, in_fortran_order(all));
  EXPECT_EQ(values[12 * 2 + 3 * 1 + 2], value_at({2, 1, 2}));
  in.close();
}

/// In a file that is there they are what they were.
TEST(Values, AreGoneOnWith) {
  if (is_collective()) GTEST_SKIP() << "the collective engine continues no file";
  const std::string path = written_file();
  Writer out(MPI_COMM_WORLD, path, {.open = tessera::OpenMode::append});
  auto run = out.run("a");
  const auto spectrum = run.field<Complex>("spectrum", Grid{shape}, {.unit = "m"});
  run.field<bool>("mask", Grid{shape}, {.time_dependent = false});
  auto step = run.step(1);
  const Box own = own_planes();
  step.put(spectrum, own, std::vector<Complex>(static_cast<std::size_t>(own.volume()), {3, 4}));
  step.commit();
  out.close();
  Reader in(MPI_COMM_WORLD, path);
  std::vector<Complex> one(1);
  auto last = in.run("a").last();
  last.get("spectrum", Box::at({5, 3, 2}, {1, 1, 1}), one);
  last.read();
  EXPECT_EQ(one[0], Complex(3, 4));
  in.close();
}

TEST(Values, OfComplexNumbersThatNoFieldCanHave) {
  Writer out(MPI_COMM_WORLD, output_path(), {.overwrite = true});
  auto run = out.run("a");
  expect_error({ErrorCode::invalid_argument, {"fill value", "real and imaginary part", "NaN"}},
               [&] { run.field<Complex>("u", Grid{shape}, {.fill = Complex(0, 1)}); });
  expect_error({ErrorCode::invalid_argument, {"one component", "twice as many"}},
               [&] { run.field<Complex>("u", Grid{shape}, {.components = 3}); });
  run.field<Complex>("u", Grid{shape}, {.fill = Complex(0, 0)});
  out.close();
}

}  // namespace
