#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
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
)";
  EXPECT_EQ(python(program + with_xarray("not (d.narrow[0].values == half).all()"), path),
            "float16 True True True True True float16");
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

constexpr std::int64_t all_patterns = 65536;

/// This rank's part of all patterns of 16 bits.
Box own_patterns() {
  return {{all_patterns * world_rank() / world_size()}, {all_patterns * (world_rank() + 1) / world_size()}};
}

/// As numbers, and the same a quarter of a digit further from zero, which is rounded off.
template <class T>
std::vector<T> pattern_values(const Box& box, bool are_between) {
  std::vector<T> values;
  for (std::int64_t bits = box.lower[0]; bits < box.upper[0]; ++bits) {
    const auto wide = static_cast<std::uint32_t>(bits) << 16;
    values.push_back(std::bit_cast<float>(are_between && (wide & 0x7f800000) != 0x7f800000 ? wide | 0x4000 : wide));
  }
  return values;
}

tessera::Options as_bfloat16(tessera::OpenMode mode) {
  return {.overwrite = mode == tessera::OpenMode::create,
          .open = mode,
          .paraview = tessera::SideFiles::both,
          .statistics = true};
}

/// Fields of the same names in each job; two steps more.
void write_patterns(const std::string& path, tessera::OpenMode mode) {
  Writer out(MPI_COMM_WORLD, path, as_bfloat16(mode));
  auto run = out.run("a");
  const Precision brief = Precision::bfloat16;
  const Grid grid{{all_patterns}};
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto floats =
      run.field<float>("floats", grid, {.fill = nan, .precision = brief, .codec = tessera::Codec::none()});
  const auto doubles = run.field<double>("doubles", grid, {.precision = brief});
  const auto between = run.field<double>("between", grid, {.components = 2, .precision = brief});
  const auto whole = run.field<double>("whole", grid, {.fill = 0.0});
  const auto narrow = run.field<double>("narrow", Grid{shape, {.axes = {"b", "a"}}}, {.precision = brief});
  const Box own = own_patterns();
  const auto exact_values = pattern_values<double>(own, false);
  const auto rounded = pattern_values<double>(own, true);
  for (int number = 0; number < 2; ++number) {
    auto step = run.step(static_cast<double>(run.steps()));
    if (run.steps() % 2 == 1) step.put(floats, own, pattern_values<float>(own, true));
    step.put(doubles, own, exact_values);
    step.put(between, own, tessera::components(rounded, tessera::copied(rounded)));
    step.put(narrow, own_rows(), own_values<double>());
    if (world_rank() == 0) step.put(whole, {{0}, {1}}, std::vector<double>{1.0});
    step.commit();
  }
  out.close();
}

/// HDF5 itself converts: h5py and netCDF have no such type, and read float32.
TEST(BFloat16, AsStockReadersSeeIt) {
  const std::string path = output_path();
  write_patterns(path, tessera::OpenMode::create);
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  const std::string program = R"(
import numpy as np, subprocess
bits = np.arange(65536, dtype="u4")
quiet = np.where((bits & 0x7fff) > 0x7f80, (bits & 0x8000) | 0x7fc0, bits).astype("u2")
values = (quiet.astype("u4") << 16).view("f4")
def stored(dataset):
    raw = np.empty(dataset.shape, "u2")
    dataset.id.read(h5py.h5s.ALL, h5py.h5s.ALL, raw, dataset.id.get_type())
    return raw
def same(dataset, at):
    return (stored(dataset)[at] == quiet).all() and np.array_equal(dataset[at], values, equal_nan=True)
with h5py.File(sys.argv[1]) as f:
    g = f["a"]
    kind = g["floats"].id.get_type()
    print(kind.get_fields(), kind.get_ebias(), kind.get_size(), g["floats"].dtype, same(g["floats"], 1),
          np.isnan(g["floats"][0]).all(), np.isnan(g["floats"].fillvalue),
          np.isnan(g["floats"].attrs["_FillValue"]).all(), same(g["doubles"], 0),
          same(g["between"], (1, slice(None), 1)))
)";
  const std::string differs =
      R"(not np.array_equal(d.doubles[1].values, values, equal_nan=True) or d.floats.dtype != "f4")";
  const std::string side_file = R"(
with h5py.File(sys.argv[1].rsplit(".", 1)[0] + ".a.vtkhdf") as f:
    print(sorted(f["VTKHDF/PointData"]))
)";
  EXPECT_EQ(python(program + with_xarray(differs) + side_file, path),
            "(15, 7, 8, 0, 7) 127 2 float32 True True True True True True\n['whole']");
}

TEST(BFloat16, IsReadBackAndGoneOnWith) {
  const std::string path = output_path();
  write_patterns(path, tessera::OpenMode::create);
  if (!is_collective()) write_patterns(path, tessera::OpenMode::append);
  Reader in(MPI_COMM_WORLD, path);
  const auto run = in.run("a");
  EXPECT_EQ(run.field("doubles").type, tessera::DataType::bfloat16);
  EXPECT_EQ(run.steps(), is_collective() ? 2 : 4);
  const Box all{{0}, {all_patterns}};
  std::vector<float> single(all_patterns);
  std::vector<double> wide(all_patterns), first(all_patterns), second(all_patterns);
  auto step = run.step(run.steps() - 1);
  step.get("floats", all, single);
  step.get("doubles", all, wide);
  step.get("between", all, tessera::into_components(first, second));
  step.read();
  const auto wanted = pattern_values<float>(all, false);
  const auto is_same = [](double a, double b) {
    return a == b ? std::signbit(a) == std::signbit(b) : a != a && b != b;
  };
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const double value = static_cast<double>(wanted[i]);
    ASSERT_TRUE(is_same(single[i], value) && is_same(wide[i], value) && is_same(second[i], value)) << i;
  }
  const auto statistics = run.statistics("narrow");
  ASSERT_EQ(statistics.steps(), run.steps());
  EXPECT_EQ(statistics.at(0).non_finite, 1);
  in.close();
  if (is_collective()) return;
  Writer out(MPI_COMM_WORLD, path, {.open = tessera::OpenMode::append});
  auto again = out.run("a");
  expect_error({tessera::ErrorCode::name_in_use, {"'doubles'", "bfloat16 in the file", "float16 here"}},
               [&] { again.field<double>("doubles", Grid{{all_patterns}}, {.precision = Precision::half}); });
  expect_error({tessera::ErrorCode::name_in_use, {"'doubles'", "bfloat16 in the file", "float32 here"}},
               [&] { again.field<float>("doubles", Grid{{all_patterns}}); });
  out.close();
}

/// Of integers nothing is taken, as of Precision::half.
TEST(BFloat16, IsNoTypeForIntegersAndPlaces) {
  Writer out(MPI_COMM_WORLD, output_path(), {.overwrite = true});
  auto run = out.run("a");
  const auto count = run.field<std::int32_t>("count", Grid{{2}}, {.fill = 7, .precision = Precision::bfloat16});
  const auto table = run.table("particles", {.position = "position"});
  expect_error({tessera::ErrorCode::invalid_argument, {"'position'", "bfloat16"}},
               [&] { run.field<float>("position", table, {.components = 3, .precision = Precision::bfloat16}); });
  auto step = run.step(0);
  if (world_rank() == 0) step.put(count, {{0}, {2}}, std::vector<std::int32_t>{1 << 30, 257});
  step.commit();
  out.close();
  Reader in(MPI_COMM_WORLD, output_path());
  EXPECT_EQ(in.run("a").field("count").type, tessera::DataType::int32);
  in.close();
}

}  // namespace
