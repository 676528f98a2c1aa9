#include <gtest/gtest.h>

#include <numeric>

#include <tessera/tessera.hpp>

#include "support/engine.hpp"
#include "support/failing_files.hpp"
#include "support/outside.hpp"
#include "support/same_error.hpp"
#include "support/test_file.hpp"

/// \file
/// Tables, whose rows become more and fewer. tests/interop/check_table.py works out every value anew.

using namespace tessera_test;
using tessera::Options;
using tessera::Writer;

namespace {

constexpr int steps = 7;

/// How many rows a rank has in a step; in step 4 nobody has any.
std::int64_t rows_of(int kind, int rank, int step) {
  if (kind == 1) return 40 + 5 * rank;  // the same in each step
  if (step == 4 || (rank + step) % 3 == 2) return 0;
  // Of kind 3 more than ParaView reads at once.
  return (37 * rank + 101 * step) % 97 * (kind == 3 ? 2000 : kind == 2 ? 100 : 1);
}

std::int64_t before(int kind, int rank, int step) {
  std::int64_t rows = 0;
  for (int other = 0; other < rank; ++other) rows += rows_of(kind, other, step);
  return rows;
}

/// Of this rank: a row's number among those of all ranks makes its values.
struct Rows {
  std::vector<std::int64_t> ids;
  std::vector<double> positions;  ///< three a row
  std::vector<float> masses;

  Rows(int kind, int rank, int step) {
    const std::int64_t first = before(kind, rank, step);
    for (std::int64_t row = first; row < first + rows_of(kind, rank, step); ++row) {
      ids.push_back(step * 1000003 + row);
      for (int axis = 0; axis < 3; ++axis) positions.push_back(1e6 * step + 10.0 * static_cast<double>(row) + axis);
      masses.push_back(0.5F * static_cast<float>(row % 1000) + static_cast<float>(step));
    }
  }
};

struct Columns {
  tessera::Table table;
  tessera::Field<std::int64_t> id;
  tessera::Field<double> position;
  tessera::Field<float> mass;

  Columns(tessera::Run& run, const tessera::TableOptions& options) : table(run.table("particles", options)) {
    id = run.field<std::int64_t>("id", table);
    position = run.field<double>("position", table, {.unit = "m", .components = 3});
    mass = run.field<float>("mass", table, {.unit = "kg", .fill = -1.0F, .codec = tessera::Codec::none()});
  }

  void put(tessera::Step& step, Rows rows) const {
    step.put(mass, tessera::copied(rows.masses));
    step.put(id, std::move(rows.ids));
    step.put(position, std::move(rows.positions));
  }
};

struct Case {
  const char* name;
  int kind;
  std::int64_t chunk_rows;
  bool waits;
};

const Case cases[] = {{"changing", 0, 0, true},    {"steady", 1, 0, true},  {"many", 2, 0, true},
                      {"chunks", 0, 16, true},     {"one_row", 0, 1, true}, {"in_flight", 0, 16, false},
                      {"many_async", 2, 0, false}, {"parts", 3, 0, true}};

class WriteTable : public testing::TestWithParam<Case> {};

void write_steps(tessera::Run& run, const Columns& columns, const Case& c, int begin, int end) {
  const auto grid = tessera::Grid{{8}};
  const auto field = run.field<double>("beside", grid);
  for (int n = begin; n < end; ++n) {
    auto step = run.step(0.5 * n);
    // A rank without rows puts some columns, or leaves them out.
    const Rows rows(c.kind, world_rank(), n);
    if (!rows.ids.empty() || n % 2 == 0) columns.put(step, rows);
    if (world_rank() == world_size() - 1) step.put(field, {{0}, {8}}, std::vector<double>(8, n));
    c.waits ? step.commit() : step.commit_async();
  }
}

void write_file(const std::string& path, const Case& c) {
  Writer out(MPI_COMM_WORLD, path,
             {.overwrite = true, .paraview = tessera::SideFiles::both, .steps_in_flight = 3, .statistics = true});
  auto run = out.run("r", {{"kind", c.kind}, {"ranks", world_size()}});
  const Columns columns(run, {.chunk_rows = c.chunk_rows, .position = "position"});
  write_steps(run, columns, c, 0, steps);
  out.close();
}

TEST_P(WriteTable, HoldsEveryRow) { write_file(std::string(GetParam().name) + ".h5", GetParam()); }

INSTANTIATE_TEST_SUITE_P(All, WriteTable, testing::ValuesIn(cases),
                         [](const auto& tested) { return std::string(tested.param.name); });

/// Jobs go on with it, and drop what they repeat.
TEST(Table, IsGoneOnWith) {
  if (is_collective()) GTEST_SKIP() << "the collective engine does not go on with files";
  const Case c{"appended", 0, 0, true};
  const auto job = [&](const Options& options, int keep, int end) {
    Writer out(MPI_COMM_WORLD, "appended.h5", options);
    auto run = out.run("r", {{"kind", c.kind}, {"ranks", world_size()}});
    const Columns columns(run, {.position = "position"});
    if (keep >= 0) run.keep(keep);
    write_steps(run, columns, c, std::max(0, keep), end);
    out.close();
  };
  job({.overwrite = true}, -1, 4);
  job({.open = tessera::OpenMode::append}, 4, 6);
  job({.open = tessera::OpenMode::append}, 2, 3);
  job({.open = tessera::OpenMode::append}, 3, steps);
}

/// Steps in flight choose chunks; when they are lost others are chosen.
TEST(Table, AfterStepsInFlightThatFailed) {
  if (is_collective()) GTEST_SKIP() << "nothing is in flight with the collective engine";
  const FailingFiles files;
  Writer out(MPI_COMM_WORLD, "failed.h5", {.overwrite = true, .steps_in_flight = 3});
  auto run = out.run("r", {{"kind", 1}, {"ranks", world_size()}});
  const Columns columns(run, {.position = "position"});
  FailingFiles::fail = true;
  for (int n = 0; n < 2; ++n) {
    auto step = run.step(0.5 * n);
    if (n == 1) columns.put(step, Rows(2, world_rank(), 5));
    step.commit_async();
  }
  EXPECT_THROW(out.wait(), tessera::Error);
  FailingFiles::fail = false;
  write_steps(run, columns, {"failed", 1, 0, true}, 0, steps);
  out.close();
}

/// Where rows are in unfiltered chunks, and where the other engine wrote them.
TEST(Table, OfTheOtherEngineIsGoneOnWith) {
  if (is_collective() || !TESSERA_HAVE_PARALLEL_HDF5) GTEST_SKIP() << "the other engine is missing, or cannot go on";
  const Case c{"other", 0, 8, true};
  for (const auto& options : {Options{.overwrite = true, .engine = tessera::Engine::collective},
                              Options{.open = tessera::OpenMode::append}}) {
    Writer out(MPI_COMM_WORLD, "other.h5", options);
    auto run = out.run("r", {{"kind", 0}, {"ranks", world_size()}});
    const Columns columns(run, {.chunk_rows = 8, .position = "position"});
    if (!options.overwrite) run.keep(2);
    write_steps(run, columns, c, options.overwrite ? 0 : 2, options.overwrite ? 4 : steps);
    out.close();
  }
}

/// VTK reads no float16: the side files leave such columns out, and places of rows are not stored so.
TEST(Table, InHalfPrecision) {
  Writer out(MPI_COMM_WORLD, "half.h5", {.overwrite = true, .paraview = tessera::SideFiles::both});
  auto run = out.run("r", {{"kind", 1}, {"ranks", world_size()}});
  const auto half = tessera::Precision::half;
  const auto table = run.table("particles", {.position = "position"});
  expect_error({tessera::ErrorCode::invalid_argument, {"'position'", "float16"}},
               [&] { run.field<float>("position", table, {.components = 3, .precision = half}); });
  const auto position = run.field<double>("position", table, {.components = 3});
  const auto mass = run.field<float>("mass", table, {.precision = half});
  const auto id = run.field<std::int64_t>("id.of.row", table);
  for (int n = 0; n < 2; ++n) {
    auto step = run.step(0.5 * n);
    Rows rows(1, world_rank(), n);
    step.put(mass, std::move(rows.masses));
    step.put(id, std::move(rows.ids));
    step.put(position, std::move(rows.positions));
    step.commit();
  }
  out.close();
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  const std::string script = R"(
with h5py.File("half.r.particles_points.vtkhdf") as f:
    print(sorted(f["VTKHDF/PointData"]), "mass" in open("half.r.particles_points.xmf").read())
)";
  EXPECT_EQ(python(script, ""), "['id_of_row'] False");
}

/// A table and a column that come later: steps before have no rows, rows before read the fill value.
TEST(Table, MayComeLater) {
  Writer out(MPI_COMM_WORLD, "later.h5", {.overwrite = true});
  auto run = out.run("r", {{"kind", 0}, {"ranks", world_size()}, {"first", 2}, {"first_of_age", 5}});
  for (int n = 0; n < 2; ++n) {
    auto step = run.step(0.5 * n);
    step.scalar("n", n);
    step.commit();
  }
  const Columns columns(run, {.position = "position"});
  std::optional<tessera::Field<double>> age;
  for (int n = 2; n < steps; ++n) {
    if (n == 5) age = run.field<double>("age", columns.table, {.fill = -7.0});
    auto step = run.step(0.5 * n);
    const Rows rows(0, world_rank(), n);
    if (age) step.put(*age, std::vector<double>(rows.ids.begin(), rows.ids.end()));
    columns.put(step, rows);
    step.commit();
  }
  out.close();
}

/// On as many ranks, but others have the rows: shares of a step, single rows, and all steps at once.
TEST(Table, IsReadBack) {
  for (const Case& c : {cases[0], cases[3]}) {
    write_file("read.h5", c);
    tessera::Reader in(MPI_COMM_WORLD, "read.h5");
    const auto run = in.run("r");
    EXPECT_EQ(run.tables(), std::vector<std::string>{"particles"});
    for (int n = 0; n < steps; ++n) {
      auto step = run.step(n);
      const std::int64_t all = before(c.kind, world_size(), n);
      ASSERT_EQ(step.rows("particles"), all);
      const tessera::Box share = step.share("particles");
      const std::int64_t first = share.lower[0];
      std::vector<std::int64_t> id(static_cast<std::size_t>(share.volume()), -1);
      std::vector<float> position(3 * id.size(), -1);
      std::vector<std::int64_t> backwards;
      for (std::int64_t row = all; row-- > 0 && backwards.size() < 5;) backwards.push_back(row);
      std::vector<double> last(3 * backwards.size(), -1);
      step.get("id", share, id);
      step.get("position", share, position);
      step.get_at("position", backwards, last);
      step.read();
      for (std::size_t i = 0; i < id.size(); ++i) {
        ASSERT_EQ(id[i], n * 1000003 + first + static_cast<std::int64_t>(i)) << n;
        ASSERT_EQ(position[3 * i + 1],
                  static_cast<float>(1e6 * n + 10.0 * static_cast<double>(first + static_cast<std::int64_t>(i)) + 1));
      }
      for (std::size_t i = 0; i < backwards.size(); ++i)
        ASSERT_EQ(last[3 * i + 2], 1e6 * n + 10.0 * static_cast<double>(backwards[i]) + 2);
    }
    auto beyond = run.step(1);
    std::vector<double> row(3);
    beyond.get("position", {{beyond.rows("particles")}, {beyond.rows("particles") + 1}}, row);
    expect_error({tessera::ErrorCode::out_of_bounds, {"'position'"}}, [&] { beyond.read(); });
    EXPECT_THROW(beyond.rows("none"), tessera::Error);
    in.close();
  }
}

/// Particles by their numbers, which other ranks than the one that asks have written, in a scattered order.
TEST(Table, GivesRowsByAColumnOfIntegers) {
  constexpr std::int64_t per_rank = 30;
  const std::int64_t all = per_rank * world_size();
  {
    Writer out(MPI_COMM_WORLD, "by_number.h5", {.overwrite = true});
    auto run = out.run("r");
    const auto particles = run.table("particles");
    const auto id = run.field<std::uint32_t>("id", particles);
    const auto mass = run.field<double>("mass", particles);
    for (int n = 0; n < 2; ++n) {
      std::vector<std::uint32_t> ids;
      std::vector<double> masses;
      for (std::int64_t i = 0; i < (world_rank() == 0 && n == 0 ? 0 : per_rank); ++i) {
        const std::int64_t number =
            ((per_rank * world_rank() + i) * 7 + n) % all;  // 7 and `all` have no factor in common
        ids.push_back(static_cast<std::uint32_t>(10 * number));
        masses.push_back(static_cast<double>(number + 1000 * n));
      }
      auto step = run.step(n);
      step.put(id, ids);
      step.put(mass, masses);
      step.commit();
    }
    out.close();
  }
  tessera::Reader in(MPI_COMM_WORLD, "by_number.h5");
  auto step = in.run("r").last();
  std::vector<std::int64_t> wanted;
  for (std::int64_t number = world_rank() % 3; world_rank() != 1 && number < all; number += 3)
    wanted.push_back(10 * number);
  std::vector<double> masses(wanted.size(), -1);
  const std::vector<std::int64_t> places = step.find_rows("id", wanted);
  step.get_at("mass", places, masses);
  step.read();
  for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(masses[i], static_cast<double>(wanted[i] / 10 + 1000));
  EXPECT_EQ(step.find_rows("id", std::vector<int>{5, 0, 0}).front(), -1);
  EXPECT_TRUE(in.run("r").step(0).find_rows("id", std::vector<int>()).empty());
  expect_error({tessera::ErrorCode::type_mismatch, {"'mass'", "no column of integers"}},
               [&] { step.find_rows("mass", wanted); });
  expect_error({tessera::ErrorCode::not_found, {"'nothing'"}}, [&] { step.find_rows("nothing", wanted); });
}

}  // namespace
