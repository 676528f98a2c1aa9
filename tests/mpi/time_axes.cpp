#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include <tessera/reader.hpp>

#include "support/bricks_mesh.hpp"
#include "support/engine.hpp"
#include "support/failing_files.hpp"
#include "support/two_rhythms.hpp"

/// \file
/// Fields and scalars on time axes of their own. tests/interop/check_time_axes.py works out every value anew.

using namespace tessera_test;
using tessera::ErrorCode;
using tessera::Options;
using tessera::Writer;

namespace {

constexpr int steps = 11;
const tessera::Box all{{0, 0}, rhythm_shape};

void write_file(const std::string& path, bool waits, const Options& options) {
  Writer out(MPI_COMM_WORLD, path, options);
  TwoRhythms rhythms(out);
  for (int step = 0; step < steps; ++step) rhythms.write(step, waits);
  out.close();
}

const Options usual{.overwrite = true, .paraview = tessera::SideFiles::both, .steps_in_flight = 3, .statistics = true};

TEST(TimeAxes, HaveTheStepsThatWerePut) {
  write_file("waits.h5", true, usual);
  write_file("in_flight.h5", false, usual);
}

TEST(TimeAxes, AreReadBackByTheirSteps) {
  write_file("read.h5", true, usual);
  tessera::Reader in(MPI_COMM_WORLD, "read.h5");
  const auto run = in.run("a");
  const std::vector<std::int64_t> snapshots{0, 3, 6, 9};
  EXPECT_EQ(run.steps_of("snapshot"), snapshots);
  EXPECT_EQ(run.steps_of("norm"), snapshots);
  EXPECT_EQ(run.steps_of("rare"), (std::vector<std::int64_t>{1, 5, 9}));
  EXPECT_TRUE(run.steps_of("never").empty());
  EXPECT_EQ(run.steps_of("energy").size(), 11u);
  EXPECT_EQ(run.scalar("norm"), (std::vector<double>{0, 9, 18, 27}));
  EXPECT_EQ(run.field("snapshot").time_axis, "snapshot_time");
  EXPECT_EQ(run.field("snapshot").steps, 4);
  EXPECT_EQ(run.field("every").time_axis, "time");
  const auto statistics = run.statistics("snapshot");
  ASSERT_EQ(statistics.values.size(), 4u);
  EXPECT_EQ(statistics.values[2].minimum, 600);
  EXPECT_EQ(statistics.values[2].maximum, 662);
  for (const std::int64_t step : snapshots) {
    std::vector<double> every(63), snapshot(63);
    auto stored = run.at_time(time_of(static_cast<int>(step)), 1);
    stored.get("every", all, every);
    stored.get("snapshot", all, snapshot);
    stored.read();
    for (std::size_t i = 0; i < 63; ++i) {
      EXPECT_EQ(every[i], static_cast<double>(step) + static_cast<double>(i));
      EXPECT_EQ(snapshot[i], 100.0 * static_cast<double>(step) + static_cast<double>(i));
    }
  }
  std::vector<double> values(63);
  expect_error({ErrorCode::not_found, {"'snapshot'", "'snapshot_time'", "0, 3, 6, 9", "no step 4", "steps_of"}}, [&] {
    auto stored = run.step(4);
    stored.get("snapshot", all, values);
    stored.read();
  });
  expect_error({ErrorCode::not_found, {"'never'", "'never_time'", "no steps"}}, [&] {
    auto stored = run.last();
    stored.get("never", all, values);
    stored.read();
  });
  in.close();
}

/// A reader sees rows come as they are committed, all of a step or nothing.
TEST(TimeAxes, GrowUnderAReader) {
  if (is_collective()) GTEST_SKIP() << "files of the collective engine cannot be read before they are closed";
  Writer out(MPI_COMM_WORLD, "live.h5", {.overwrite = true});
  TwoRhythms rhythms(out);
  rhythms.write(0);
  tessera::Reader in(MPI_COMM_WORLD, "live.h5");
  const auto run = in.run("a");
  for (int step = 1; step < 8; ++step) {
    rhythms.write(step);
    EXPECT_TRUE(in.refresh());
    EXPECT_EQ(run.steps(), step + 1);
    EXPECT_EQ(run.steps_of("snapshot").size(), static_cast<std::size_t>(step / 3 + 1));
    std::vector<float> values(189);
    auto stored = run.step(run.steps_of("vector").back());
    stored.get("vector", all, values);
    stored.read();
    const auto last = static_cast<int>(stored.number());
    EXPECT_EQ(values[188], last % 2 == 0 ? 1000.0F * static_cast<float>(last) + 188 : -1.0F);
  }
  in.close();
  out.close();
}

/// Jobs go on, and drop the rows of what they repeat on each axis.
TEST(TimeAxes, AreGoneOnWith) {
  if (is_collective()) GTEST_SKIP() << "the collective engine does not go on with files";
  const auto job = [&](const Options& options, int begin, int end, auto&& keep) {
    Writer out(MPI_COMM_WORLD, "appended.h5", options);
    TwoRhythms rhythms(out);
    keep(rhythms.run);
    EXPECT_EQ(rhythms.run.steps(), begin);
    for (int step = begin; step < end; ++step) rhythms.write(step, step % 2 == 0);
    out.close();
  };
  Options append = usual;
  append.overwrite = false;
  append.open = tessera::OpenMode::append;
  job(usual, 0, 8, [](tessera::Run&) {});
  job(append, 8, 9, [](tessera::Run&) {});
  job(append, 4, 7, [](tessera::Run& run) { run.keep(4); });
  job(append, 3, 5, [](tessera::Run& run) { run.keep_until(time_of(2)); });
  job(append, 0, 4, [](tessera::Run& run) { run.keep(0); });
  job(append, 4, steps, [](tessera::Run&) {});
}

/// What did not get into the file leaves no row, on any axis.
TEST(TimeAxes, AfterACommitThatFailed) {
  if (is_collective()) GTEST_SKIP() << "the collective engine does not write through the library's own files";
  const FailingFiles files;
  Writer out(MPI_COMM_WORLD, "failed.h5", usual);
  TwoRhythms rhythms(out);
  for (int step = 0; step < steps; ++step) {
    FailingFiles::fail = step % 2 == 1 || step == 6;
    if (FailingFiles::fail) {
      EXPECT_THROW(rhythms.write(step), tessera::Error);
      FailingFiles::fail = false;
    }
    rhythms.write(step);
  }
  out.close();
}

/// What a commit that failed had begun with is not what is gone on with.
TEST(TimeAxes, KeepLessAfterACommitThatFailed) {
  if (is_collective()) GTEST_SKIP() << "the collective engine does not go on with files";
  const FailingFiles files;
  Options append = usual;
  append.overwrite = false;
  append.open = tessera::OpenMode::append;
  write_file("less.h5", true, usual);
  Writer out(MPI_COMM_WORLD, "less.h5", append);
  TwoRhythms rhythms(out);
  for (const int kept : {9, 6, 2}) {  // in the last chunk of a field, in one before, and in the first one
    rhythms.run.keep(kept);
    FailingFiles::fail = world_rank() == 0;
    EXPECT_THROW(rhythms.write(kept), tessera::Error);
    FailingFiles::fail = false;
  }
  for (int step = 2; step < steps; ++step) rhythms.write(step);
  out.close();
}

/// What was read for it goes with the steps that are dropped then.
TEST(TimeAxes, KeepNothingAfterACommitThatFailed) {
  if (is_collective()) GTEST_SKIP() << "the collective engine does not go on with files";
  const FailingFiles files;
  const auto job = [](const Options& options, int fails, int end) {
    Writer out(MPI_COMM_WORLD, "nothing.h5", options);
    auto run = out.run("a");
    const tessera::Grid three{{3}, {.axes = {"probe"}}};
    const auto probes = run.field<double>("p", three, {.fill = -1.0, .chunk = {4, 3}});
    const auto write = [&](int n, bool has_field) {
      auto step = run.step(n);
      step.scalar("energy", n);
      if (has_field && world_rank() == 0) step.put(probes, {{0}, {3}}, std::vector<double>(3, n));
      step.commit();
    };
    if (fails > 0) {
      run.keep(fails);
      FailingFiles::fail = true;
      EXPECT_THROW(write(fails, true), tessera::Error);
      FailingFiles::fail = false;
      run.keep(0);
    }
    for (int n = 0; n < end; ++n) write(n, fails == 0 || n % 2 == 1);
    out.close();
  };
  job({.overwrite = true}, 0, 3);
  job({.open = tessera::OpenMode::append}, 2, 4);
}

/// A rank's space does not do for one field; steps that go into chunks with others come behind it, once.
TEST(TimeAxes, OfFieldsBehindOneThatDoesNotFit) {
  if (is_collective()) GTEST_SKIP() << "the collective engine has no space of ranks";
  Writer out(MPI_COMM_WORLD, "behind.h5", {.overwrite = true, .threads = 1, .statistics = true});
  auto run = out.run("a");
  const std::int64_t cells = (std::int64_t{9} << 20) / 8;  // more than go with other fields
  const auto large = run.field<double>("large", tessera::Grid{{cells}, {.axes = {"cell"}}}, {.chunk = {cells}});
  std::vector<tessera::Field<double>> probes;
  const tessera::Grid three{{3}, {.axes = {"probe"}}};
  for (const char* name : {"p", "q"}) probes.push_back(run.field<double>(name, three, {.chunk = {4, 3}}));
  std::vector<double> values(static_cast<std::size_t>(cells), 1);
  const bool has_all = world_rank() == world_size() - 1;
  for (int n = 0; n < 8; ++n) {
    for (std::size_t i = 0; n == 6 && i < values.size(); ++i) values[i] = std::sin(1e6 * static_cast<double>(i));
    auto step = run.step(n);
    if (has_all) step.put(large, {{0}, {cells}}, values);
    for (std::size_t field = 0; has_all && field < 2; ++field) {
      step.put(probes[field], {{0}, {3}}, std::vector<double>{n + 0.5, 7.0 * n, static_cast<double>(field)});
    }
    step.commit();
  }
  out.close();
}

/// A mesh whose nodes move with the snapshots; the rest of it comes in each step.
TEST(TimeAxes, OfFieldsOnAMesh) {
  Writer out(MPI_COMM_WORLD, "mesh.h5", usual);
  auto run = out.run("m");
  const BricksMesh bricks(Cut::hexahedra, world_rank(),
                          [](std::int64_t box) { return static_cast<int>(box % world_size()); });
  const auto mesh = run.mesh("bricks", bricks.part(true), {.position = "place"});
  const auto place = run.field<double>("place", mesh.nodes(), {.components = 3, .time_axis = "snapshot_time"});
  const auto load = run.field<double>("load", mesh.cells(), {.time_axis = "snapshot_time"});
  for (int n = 0; n < 7; ++n) {
    auto step = run.step(0.5 * n);
    std::vector<double> places(bricks.coordinates), loads;
    for (double& one : places) one += n;
    for (const std::int64_t cell : bricks.cells) loads.push_back(BricksMesh::value(cell, n));
    if (is_snapshot(n)) {
      step.put(place, places);
      step.put(load, loads);
    }
    step.scalar("energy", n);
    step.commit();
  }
  out.close();
}

/// A row of quadrilaterals that becomes longer; the first rank has all of it.
tessera::Mesh quadrilaterals(tessera::Run& run, int version) {
  std::vector<double> nodes;
  std::vector<std::int64_t> corners;
  const int cells = world_rank() == 0 ? version + 1 : 0;
  for (int i = 0; i <= cells && cells > 0; ++i) {
    for (const double y : {0.0, 1.0}) nodes.insert(nodes.end(), {static_cast<double>(i), y, 0});
  }
  for (std::int64_t i = 0; i < cells; ++i) corners.insert(corners.end(), {2 * i, 2 * i + 2, 2 * i + 3, 2 * i + 1});
  tessera::MeshPart part;
  part.coordinates = nodes;
  part.types = {tessera::CellType::quadrilateral};
  part.connectivity = corners;
  return run.mesh("row", part, {.version = version});
}

/// Fields of a mesh that changes: side files show those on the axis of most, in whole.
TEST(TimeAxes, OfFieldsOnAMeshThatChanges) {
  Writer out(MPI_COMM_WORLD, "versions.h5", usual);
  auto run = out.run("m");
  std::vector<tessera::Field<double>> even;
  tessera::Field<double> each, turned;
  for (int n = 0; n < 6; ++n) {
    const int version = n < 3 ? 1 : 2;
    if (n % 3 == 0) {
      const auto mesh = quadrilaterals(run, version);
      even.clear();
      for (const char* name : {"a", "b", "c"})
        even.push_back(run.field<double>(name, mesh.cells(), {.time_axis = "even_time"}));
      each = run.field<double>("each", mesh.cells());
      turned = run.field<double>("turned", mesh.cells(), {.time_axis = version == 1 ? "even_time" : "time"});
    }
    auto step = run.step(10.0 * n);
    const std::vector<double> values(world_rank() == 0 ? static_cast<std::size_t>(version) + 1 : 0, n);
    step.put(each, values);
    for (const auto& field : even) {
      if (n % 2 == 0) step.put(field, values);
    }
    if (version == 2 || n % 2 == 0) step.put(turned, values);
    step.commit();
  }
  out.close();
}

/// Side files show the axis of most fields again when that has rows; another one until then.
TEST(TimeAxes, WithoutRowsAreNotShown) {
  if (is_collective()) GTEST_SKIP() << "the collective engine does not go on with files";
  Options append = usual;
  append.overwrite = false;
  append.open = tessera::OpenMode::append;
  const auto job = [&](const std::string& path, const Options& options, int begin, int end, int rows) {
    Writer out(MPI_COMM_WORLD, path, options);
    auto run = out.run("a");
    const auto u = run.field<double>("u", rhythm_grid, {.time_axis = "rare_time"});
    const auto v = run.field<double>("v", rhythm_grid, {.time_axis = "rare_time"});
    const auto every = run.field<double>("every", tessera::Grid{{7, 9}, {.axes = {"j", "i"}}});
    if (options.open == tessera::OpenMode::append) run.keep(begin);
    for (int n = begin; n < end; ++n) {
      auto step = run.step(time_of(n));
      step.put(every, rhythm_rows(), rhythm_values<double>(n, 1, 1));
      if (n < rows) step.put(u, rhythm_rows(), rhythm_values<double>(n, 1, 1));
      if (n < rows) step.put(v, rhythm_rows(), rhythm_values<double>(n, 1, 1));
      step.commit();
    }
    out.close();
  };
  job("dropped.h5", usual, 0, 8, 8);
  job("dropped.h5", append, 0, 2, 0);
  job("grown.h5", usual, 0, 5, 0);
  job("grown.h5", append, 5, 7, 0);
  job("come.h5", usual, 0, 5, 0);
  job("come.h5", append, 5, 8, 7);
}

}  // namespace
