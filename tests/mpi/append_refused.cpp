#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

#include "support/outside.hpp"
#include "support/test_file.hpp"

/// \file
/// What cannot be continued: the same error everywhere, and the file as it was.

using namespace tessera_test;
using tessera::ErrorCode;
using tessera::FieldOptions;
using tessera::Grid;
using tessera::Index;
using tessera::Options;
using tessera::Writer;

namespace {

const Index shape{4, 3};
const Grid grid{shape, {.spacing = {0.5}, .unit = "m"}};
const Options append{.open = tessera::OpenMode::append};

/// A closed file with a run that has most of what can differ.
std::string finished_file() {
  const std::string path = output_path();
  Writer out(MPI_COMM_WORLD, path, {.overwrite = true, .attributes = {{"title", "one"}}});
  auto run = out.run("a", {{"viscosity", 0.25}, {"on", true}}, {.time_unit = "s"});
  const auto field = run.field<double>(
      "p", grid, {.unit = "Pa", .long_name = "pressure", .fill = 1.0, .attributes = {{"level", 2}}, .chunk = {2, 3}});
  run.scalar("energy", {.unit = "J"});
  auto step = run.step(0.0);
  const std::vector<double> values(12, 1.5);
  if (world_rank() == 0) step.put(field, tessera::Box{{0, 0}, {4, 3}}, values);
  step.scalar("energy", 1.0);
  step.commit();
  out.close();
  return path;
}

const FieldOptions<double> same{
    .unit = "Pa", .long_name = "pressure", .fill = 1.0, .attributes = {{"level", 2}}, .chunk = {2, 3}};

TEST(AppendRefused, AnotherField) {
  const std::string path = finished_file();
  Writer out(MPI_COMM_WORLD, path, append);
  auto run = out.run("a", {{"viscosity", 0.25}, {"on", true}});
  const auto refused = [&](std::vector<std::string> words, const Grid& its_grid, const auto& options) {
    for (const char* word : {"'p'", "run 'a'", "in the file", "take another name"}) words.emplace_back(word);
    using T = std::remove_cvref_t<decltype(*options.fill)>;
    expect_error({ErrorCode::name_in_use, words}, [&] { run.field<T>("p", its_grid, options); });
  };
  refused({"float64", "float32"}, grid, FieldOptions<float>{.unit = "Pa", .long_name = "pressure", .fill = 1.0f});
  refused({"axis 'x'", "its length is 3", "5"}, Grid{{4, 5}, grid.options}, same);
  refused({"list of axes", "(y, x)", "(z, y, x)"}, Grid{{4, 3, 2}, grid.options}, same);
  refused({"coordinate", "1.5 there", "3 here"}, Grid{shape, {.spacing = {1.0}, .unit = "m"}}, same);
  refused({"unit", "'m'", "'cm'"}, Grid{shape, {.spacing = {0.5}, .unit = "cm"}}, same);
  const auto but = [](auto change) {
    FieldOptions<double> options = same;
    change(options);
    return options;
  };
  refused({"unit", "'Pa'", "'bar'"}, grid, but([](auto& one) { one.unit = "bar"; }));
  refused({"long_name"}, grid, but([](auto& one) { one.long_name = "p"; }));
  refused({"fill value", "0x3ff0000000000000", "0x4000000000000000"}, grid, but([](auto& one) { one.fill = 2.0; }));
  refused({"time-dependent", "static"}, grid, but([](auto& one) { one.time_dependent = false; }));
  refused({"components", "1", "3"}, grid, but([](auto& one) { one.components = 3; }));
  refused({"chunk", "(2, 3)", "(4, 3)"}, grid, but([](auto& one) { one.chunk = {4, 3}; }));
  refused({"deflate level 4", "deflate level 9"}, grid, but([](auto& one) { one.codec = tessera::Codec::deflate(9); }));
  refused({"'level'", "2", "3"}, grid, but([](auto& one) { one.attributes = {{"level", 3}}; }));
  refused({"'floor'"}, grid, but([](auto& one) { one.attributes = {{"floor", 3}}; }));
  // What is right is taken, once.
  run.field<double>("p", grid, same);
  expect_error({ErrorCode::name_in_use, {"'p'", "a field"}}, [&] { run.field<double>("p", grid, same); });
  out.close();
}

/// Coordinates that were given one by one, and the bounds of cells between them.
TEST(AppendRefused, OtherCoordinates) {
  const std::string path = output_path();
  const auto with = [](const tessera::Coordinates& y) { return Grid{{4, 3}, {.coordinates = {y, {}}}}; };
  const tessera::Coordinates right{0, 1, 10, 100};
  const FieldOptions<double> in_cells{.location = tessera::Location::cell, .time_dependent = false, .fill = 0};
  {
    Writer out(MPI_COMM_WORLD, path, {.overwrite = true});
    auto run = out.run("a");
    run.field<double>("points", with(right), {.time_dependent = false, .fill = 0});
    run.field<double>("cells", with(right), in_cells);
    run.field<double>("bare", Grid{{7}, {.coordinates = {tessera::Coordinates::none()}, .axes = {"n"}}},
                      {.time_dependent = false, .fill = 0});
    out.close();
  }
  Writer out(MPI_COMM_WORLD, path, append);
  auto run = out.run("a");
  const auto refused = [&](std::vector<std::string> words, const std::string& name, const Grid& its_grid,
                           const FieldOptions<double>& options) {
    for (const char* word : {"in the file", "take another name"}) words.emplace_back(word);
    expect_error({ErrorCode::name_in_use, words}, [&] { run.field<double>(name, its_grid, options); });
  };
  const FieldOptions<double> on_points{.time_dependent = false, .fill = 0};
  refused({"'points'", "coordinate 2 is 10 there and 10.5 here"}, "points", with({0, 1, 10.5, 100}), on_points);
  refused({"'points'", "coordinate"}, "points", Grid{{4, 3}}, on_points);
  refused({"'points'", "no coordinates"}, "points", with(tessera::Coordinates::none()), on_points);
  refused({"'cells'", "bound 0", "0 there and 0.1 here"}, "cells", with({0.1, 0.9, 10.1, 99.9}), in_cells);
  refused({"'bare'", "no coordinates"}, "bare", Grid{{7}, {.axes = {"n"}}}, on_points);
  // What is right is taken, and what is new goes along with it.
  run.field<double>("points", with({0, 1 + 1e-12, 10, 100}), on_points);
  run.field<double>("cells", with(right), in_cells);
  run.field<double>("bare", Grid{{7}, {.coordinates = {tessera::Coordinates::none()}, .axes = {"n"}}}, on_points);
  run.field<double>("pairs", with(right),
                    {.location = tessera::Location::cell, .components = 2, .time_dependent = false, .fill = 0});
  out.close();
}

TEST(AppendRefused, AnotherRunOrScalar) {
  const std::string path = finished_file();
  expect_error({ErrorCode::name_in_use, {"root group", "'title'", "one", "two", path}}, [&] {
    Writer(MPI_COMM_WORLD, path, {.open = tessera::OpenMode::append, .attributes = {{"title", "two"}}});
  });
  Writer out(MPI_COMM_WORLD, path, append);
  expect_error({ErrorCode::name_in_use, {"run 'a'", "'viscosity'", "0.25", "0.5"}}, [&] {
    out.run("a", {{"viscosity", 0.5}});
  });
  expect_error({ErrorCode::name_in_use, {"run 'a'", "'on'"}}, [&] { out.run("a", {{"on", false}}); });
  expect_error({ErrorCode::name_in_use, {"run 'a'", "time unit", "'s'", "'h'"}},
               [&] { out.run("a", {}, {.time_unit = "h"}); });
  auto run = out.run("a");
  expect_error({ErrorCode::name_in_use, {"run 'a'", "before"}}, [&] { out.run("a"); });
  expect_error({ErrorCode::name_in_use, {"'viscosity'", "0.25", "0.5"}}, [&] { run.attribute("viscosity", 0.5); });
  expect_error({ErrorCode::name_in_use, {"scalar 'energy'", "'J'", "'eV'"}},
               [&] { run.scalar("energy", {.unit = "eV"}); });
  expect_error({ErrorCode::name_in_use, {"'x'", "an axis"}}, [&] { run.scalar("x", {}); });
  run.attribute("viscosity", 0.25);
  run.scalar("energy", {.unit = "J"});
  out.close();
}

TEST(AppendRefused, StepsThatAreNotThereOrAlreadyFollowed) {
  const std::string path = finished_file();
  Writer out(MPI_COMM_WORLD, path, append);
  auto run = out.run("a");
  expect_error({ErrorCode::invalid_argument, {"run 'a'", "1 steps", "2"}}, [&] { run.keep(2); });
  expect_error({ErrorCode::invalid_argument, {"run 'a'", "-1"}}, [&] { run.keep(-1); });
  expect_error({ErrorCode::invalid_argument, {"finite"}}, [&] { run.keep_until(INFINITY); });
  {
    const auto open = run.step(1.0);
    expect_error({ErrorCode::wrong_order, {"run 'a'", "open"}}, [&] { run.keep(0); });
  }
  auto step = run.step(1.0);
  step.scalar("energy", 1.0);
  step.commit();
  expect_error({ErrorCode::wrong_order, {"run 'a'", "before the first"}}, [&] { run.keep(1); });
  auto added = out.run("b");
  expect_error({ErrorCode::wrong_order, {"run 'b'"}}, [&] { added.keep(0); });
  auto late = run.step(0.5);
  late.scalar("energy", 1.0);
  expect_error({ErrorCode::invalid_argument, {"0.5", "1"}}, [&] { late.commit(); });
  out.close();
}

TEST(AppendRefused, WhatRanksDoNotAgreeAbout) {
  const std::string path = finished_file();
  if (world_size() == 1) GTEST_SKIP() << "needs several ranks";
  Options options = append;
  if (world_rank() == 1) options.open = tessera::OpenMode::append_or_create;
  expect_error({ErrorCode::ranks_disagree, {"append"}}, [&] { Writer(MPI_COMM_WORLD, path, options); });
  Writer out(MPI_COMM_WORLD, path, append);
  auto run = out.run("a");
  expect_error({ErrorCode::ranks_disagree, {"keep"}}, [&] { run.keep(world_rank() == 0 ? 1 : 0); });
  out.close();
}

TEST(AppendRefused, OptionsThatContradictEachOther) {
  const std::string path = finished_file();
  expect_error({ErrorCode::invalid_argument, {"overwrite", "open"}},
               [&] { Writer(MPI_COMM_WORLD, path, {.overwrite = true, .open = tessera::OpenMode::append}); });
}

TEST(AppendRefused, AFileThatAnotherWriterHas) {
  const std::string path = finished_file();
  {
    Writer first(MPI_COMM_WORLD, path, append);
    expect_error({ErrorCode::storage, {path, "another job", "wait"}}, [&] { Writer(MPI_COMM_WORLD, path, append); });
    auto run = first.run("a");
    auto step = run.step(1.0);
    step.scalar("energy", 2.0);
    step.commit();
    first.close();
  }
  Writer second(MPI_COMM_WORLD, path, append);
  EXPECT_EQ(second.run("a").steps(), 2);
  second.close();
}

/// A mark beside it says so, which a killed job leaves.
TEST(AppendRefused, AFileThatAnotherWriterHasWhereThereAreNoLocks) {
  const std::string path = finished_file();
  const std::string mark = path + ".tessera-writer";
  ::setenv("HDF5_USE_FILE_LOCKING", "FALSE", 1);
  {
    Writer first(MPI_COMM_WORLD, path, append);
    expect_error({ErrorCode::storage,
                  {path, "another job: process ", " on ", " since 20", mark.substr(mark.rfind('/'))}},
                 [&] { Writer(MPI_COMM_WORLD, path, append); });
    auto run = first.run("a");
    const auto commit = [&](double time) {
      auto step = run.step(time);
      step.scalar("energy", 2.0);
      step.commit();
    };
    commit(1.0);
    MPI_Barrier(MPI_COMM_WORLD);
    if (world_rank() == 0) {  // as a job does that took this one for dead
      std::filesystem::rename(mark, mark + ".old");
      std::ofstream(mark) << "host elsewhere\nprocess 1\nsince then\n";
    }
    expect_error({ErrorCode::storage, {path, "another job writes the file", mark.substr(mark.rfind('/'))}},
                 [&] { commit(2.0); });
    MPI_Barrier(MPI_COMM_WORLD);
    if (world_rank() == 0) std::filesystem::rename(mark + ".old", mark);
    commit(2.0);
    first.close();
    if (world_rank() == 0) {
      EXPECT_FALSE(std::filesystem::exists(mark));
      const pid_t gone = ::fork();
      if (gone == 0) ::_exit(0);
      ::waitpid(gone, nullptr, 0);
      char host[256] = {};
      ::gethostname(host, sizeof host - 1);
      std::ofstream(mark) << "host " << host << "\nprocess " << gone << "\nsince then\n";
    }
    MPI_Barrier(MPI_COMM_WORLD);
  }
  Writer next(MPI_COMM_WORLD, path, append);
  EXPECT_EQ(next.run("a").steps(), 3);
  next.close();
  ::unsetenv("HDF5_USE_FILE_LOCKING");
}

TEST(AppendRefused, AFileThatH5pyWrites) {
  if (!has_python()) GTEST_SKIP() << "needs Python with h5py";
  const std::string path = finished_file();
  python(
      "import os, subprocess, time\n"
      "if os.path.exists(sys.argv[1] + '.open'): os.remove(sys.argv[1] + '.open')\n"
      "p = subprocess.Popen([sys.executable, '-c', \"import h5py,sys,time; f=h5py.File(sys.argv[1],'r+'); "
      "open(sys.argv[1]+'.open','w'); time.sleep(30)\", sys.argv[1]], stdout=subprocess.DEVNULL, "
      "stderr=subprocess.DEVNULL)\n"
      "import os\n"
      "for _ in range(200):\n"
      "  if os.path.exists(sys.argv[1] + '.open'): break\n"
      "  time.sleep(0.05)\n"
      "open(sys.argv[1] + '.pid', 'w').write(str(p.pid))",
      path);
  expect_error({ErrorCode::storage, {path, "another program", "wait"}}, [&] { Writer(MPI_COMM_WORLD, path, append); });
  python("import os; os.kill(int(open(sys.argv[1] + '.pid').read()), 9)", path);
  Writer(MPI_COMM_WORLD, path, append).close();
}

}  // namespace
