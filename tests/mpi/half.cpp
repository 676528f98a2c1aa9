#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <tessera/reader.hpp>
#include <tessera/writer.hpp>

#include "support/engine.hpp"
#include "support/outside.hpp"
#include "support/same_error.hpp"
#include "support/test_file.hpp"

/// \file
/// Floating-point numbers that are stored with 16 bits.

using namespace tessera_test;
using tessera::Box;
using tessera::Grid;
using tessera::Index;
using tessera::Precision;
using tessera::Reader;
using tessera::Writer;

namespace {

const Index shape{7, 9};

/// All sizes, both signs, ties, what is too large and too small.
double value_at(std::int64_t number) {
  if (number == 0) return std::numeric_limits<double>::infinity();
  if (number == 1) return 65519.9;
  if (number == 2) return 65520;
  if (number == 3) return -0x1p-24;
  if (number == 4) return 0x1p-25;
  if (number == 5) return -0.0;
  if (number == 6) return 1 + 0x1p-11;  // a tie
  return (number % 2 == 0 ? 1 : -1) *
         std::ldexp(1.0 + static_cast<double>(number) / 977, static_cast<int>(number % 41) - 26);
}

Box own_rows() {
  return {{shape[0] * world_rank() / world_size(), 0}, {shape[0] * (world_rank() + 1) / world_size(), shape[1]}};
}

template <class T>
std::vector<T> own_values() {
  std::vector<T> values;
  for (std::int64_t i = own_rows().lower[0] * shape[1]; i < own_rows().upper[0] * shape[1]; ++i)
    values.push_back(static_cast<T>(value_at(i)));
  return values;
}

std::string written_file() {
  const std::string path = output_path();
  Writer out(MPI_COMM_WORLD, path, {.overwrite = true, .statistics = true});
  auto run = out.run("a");
  const auto narrow = run.field<double>("narrow", Grid{shape}, {.precision = Precision::half});
  const auto floats = run.field<float>("floats", Grid{shape}, {.fill = 2.5f, .precision = Precision::half});
  const auto pairs = run.field<double>("pairs", Grid{shape}, {.components = 2, .precision = Precision::half});
  run.field<double>("empty", Grid{shape}, {.fill = -0.1, .precision = Precision::half});
  const auto wide = own_values<double>();
  const auto single = own_values<float>();
  for (int number = 0; number < 2; ++number) {
    auto step = run.step(number);
    step.put(narrow, own_rows(), wide);
    if (number == 1) step.put(floats, own_rows(), single);
    step.put(pairs, own_rows(), tessera::components(wide, tessera::copied(wide)));
    step.commit();
  }
  out.close();
  return path;
}

TEST(Half, AsStockReadersSeeThem) {
  const std::string path = written_file();
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  const std::string program = R"(
import numpy as np, subprocess
def value(n):
    first = [np.inf, 65519.9, 65520, -2.0**-24, 2.0**-25, -0.0, 1 + 2.0**-11]
    return first[n] if n < 7 else (1 if n % 2 == 0 else -1) * np.ldexp(1 + n / 977, n % 41 - 26)
want = np.array([value(n) for n in range(63)]).reshape(7, 9)
with np.errstate(over="ignore"):
    half = want.astype("f2")
    from_float = want.astype("f4").astype("f2")
same = lambda a, b: (a.view("u2") == b.view("u2")).all()
with h5py.File(sys.argv[1]) as f:
    g = f["a"]
    print(g["narrow"].dtype, same(g["narrow"][0], half), same(g["floats"][1], from_float),
          (g["floats"][0] == 2.5).all(), same(np.ascontiguousarray(g["pairs"][1][..., 1]), half),
          g["empty"].fillvalue == np.float16(-0.1), g["empty"].attrs["_FillValue"].dtype)
try:
    import xarray
    for engine in "netcdf4", "h5netcdf":
        try:
            d = xarray.open_dataset(sys.argv[1], group="a", engine=engine)
        except ValueError:
            continue
        if not (d.narrow[0].values == half).all():
            print(engine, "differs")
except ImportError:
    pass
)";
  EXPECT_EQ(python(program, path), "float16 True True True True True float16");
}

TEST(Half, AreReadBackAsWiderNumbers) {
  const std::string path = written_file();
  Reader in(MPI_COMM_WORLD, path);
  EXPECT_EQ(in.run("a").field("narrow").type, tessera::DataType::float16);
  const Box all{{0, 0}, shape};
  std::vector<double> wide(63);
  std::vector<float> single(63);
  auto step = in.run("a").step(0);
  step.get("narrow", all, wide);
  step.get("narrow", all, single);
  step.read();
  EXPECT_EQ(wide[1], 65504);
  EXPECT_EQ(wide[2], std::numeric_limits<double>::infinity());
  EXPECT_EQ(wide[3], -0x1p-24);
  EXPECT_EQ(wide[4], 0);
  EXPECT_TRUE(std::signbit(wide[5]));
  EXPECT_EQ(wide[6], 1);
  for (std::size_t i = 7; i < 63; ++i) {
    const double exact = value_at(static_cast<std::int64_t>(i));
    EXPECT_NEAR(wide[i], exact, std::max(std::abs(exact) * 0x1p-11, 0x1p-25)) << i;
    EXPECT_EQ(static_cast<double>(single[i]), wide[i]) << i;
  }
  const auto statistics = in.run("a").statistics("narrow");
  in.close();
}

}  // namespace
