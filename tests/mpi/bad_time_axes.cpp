#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/engine.hpp"
#include "support/same_error.hpp"
#include "support/two_rhythms.hpp"

/// \file
/// Time axes that cannot be: the same error on every rank, and the writer goes on.

using namespace tessera_test;
using tessera::ErrorCode;
using tessera::FieldOptions;
using tessera::Grid;
using tessera::Writer;

namespace {

TEST(BadTimeAxis, HasANameThatIsInUseOrNone) {
  Writer out(MPI_COMM_WORLD, "names.h5", {.overwrite = true});
  TwoRhythms rhythms(out);
  auto run = rhythms.run;
  const auto refuse = [&](ErrorCode code, std::vector<std::string> words, const std::string& name,
                          const std::string& axis, const Grid& grid = rhythm_grid) {
    words.push_back("'" + name + "'");
    expect_error({code, words}, [&] { run.field<double>(name, grid, {.time_axis = axis}); });
  };
  refuse(ErrorCode::name_in_use, {"'every'", "a field"}, "other", "every");
  refuse(ErrorCode::name_in_use, {"'energy'", "a scalar"}, "other", "energy");
  refuse(ErrorCode::name_in_use, {"'x'", "an axis of a grid"}, "other", "x");
  refuse(ErrorCode::name_in_use, {"for the field itself"}, "other", "other");
  refuse(ErrorCode::name_in_use, {"'rows'", "time axis"}, "other", "rows", Grid{{3}, {.axes = {"rows"}}});
  refuse(ErrorCode::name_in_use, {"time axis"}, "other", "time", Grid{{3}, {.axes = {"snapshot_time"}}});
  refuse(ErrorCode::name_in_use, {"a time axis"}, "snapshot_time", "time");
  for (const std::string name : {"a/b", ""}) {
    expect_error({ErrorCode::invalid_argument, {"time axis name '" + name + "'"}},
                 [&] { run.field<double>("other", rhythm_grid, {.time_axis = name}); });
  }
  expect_error({ErrorCode::name_in_use, {"scalar 'other'", "'every'", "a field"}},
               [&] { run.scalar("other", {.time_axis = "every"}); });
  expect_error({ErrorCode::name_in_use, {"scalar 'other'", "for the scalar itself"}},
               [&] { run.scalar("other", {.time_axis = "other"}); });
  refuse(ErrorCode::name_in_use, {"steps_among"}, "other", "time",
         Grid{{3}, {.axes = {"k"}, .attributes = {{{"steps_among", "time"}}}}});
  expect_error({ErrorCode::name_in_use, {"'rare_time'", "a time axis"}}, [&] {
    auto step = run.step(0);
    step.scalar("rare_time", 1);
    step.commit();
  });
  for (int step = 0; step < 4; ++step) rhythms.write(step);
  out.close();
}

/// FieldOptions::chunk.
TEST(BadTimeAxis, HasChunksThatCannotBe) {
  Writer out(MPI_COMM_WORLD, "chunks.h5", {.overwrite = true});
  auto run = out.run("a");
  const auto refuse = [&](std::vector<std::string> words, const FieldOptions<double>& options,
                          const Grid& grid = rhythm_grid) {
    words.push_back("'u'");
    expect_error({ErrorCode::invalid_argument, words}, [&] { run.field<double>("u", grid, options); });
  };
  refuse({"0 steps", "1 or more"}, {.chunk = {0, 7, 9}});
  refuse({"one extent per axis", "(7, 9)"}, {.time_dependent = false, .chunk = {8, 7, 9}});
  refuse({"one extent per axis", "(7, 9)", "number of steps"}, {.chunk = {2, 8, 7, 9}});
  refuse({"8 steps", "whole grid", "(7, 9)", "(7, 3)"}, {.chunk = {8, 7, 3}});
  refuse({"512 steps of 8 MiB", "16 MiB", "at most 2"}, {.chunk = {512, 1 << 20}}, Grid{{1 << 20}, {.axes = {"cell"}}});
  const auto u = run.field<double>("u", rhythm_grid, {.chunk = {8, 7, 9}});
  auto step = run.step(0);
  step.put(u, rhythm_rows(), rhythm_values<double>(0, 1, 1));
  step.commit();
  out.close();
}

TEST(BadTimeAxis, IsOfWhatHasNoSteps) {
  Writer out(MPI_COMM_WORLD, "no_steps.h5", {.overwrite = true});
  TwoRhythms rhythms(out);
  auto run = rhythms.run;
  const FieldOptions<double> on_axis{.time_axis = "snapshot_time"};
  expect_error({ErrorCode::invalid_argument, {"'mask'", "static", "'snapshot_time'"}}, [&] {
    run.field<double>("mask", rhythm_grid, {.time_dependent = false, .time_axis = "snapshot_time"});
  });
  const auto table = run.table("drops");
  expect_error({ErrorCode::invalid_argument, {"'size'", "column of a table", "'snapshot_time'"}},
               [&] { run.field<double>("size", table, on_axis); });
  rhythms.write(0);
  out.close();
}

TEST(BadTimeAxis, LacksAFieldWithoutAFillValue) {
  Writer out(MPI_COMM_WORLD, "lacks.h5", {.overwrite = true});
  TwoRhythms rhythms(out);
  auto run = rhythms.run;
  rhythms.write(0);
  expect_error({ErrorCode::not_covered, {"'snapshot'", "'snapshot_time'", "FieldOptions::fill"}}, [&] {
    auto step = run.step(time_of(1));
    step.put(rhythms.every, rhythm_rows(), rhythm_values<double>(1, 1, 1));
    step.scalar("norm", 1);
    step.commit();
  });
  rhythms.write(1);
  rhythms.write(2);
  // Late on an axis that has rows; in time on one that has none.
  expect_error({ErrorCode::not_covered, {"'late'", "step 1", "'snapshot_time'", "FieldOptions::fill"}},
               [&] { run.field<double>("late", rhythm_grid, {.time_axis = "snapshot_time"}); });
  run.field<double>("in_time", rhythm_grid, {.time_axis = "late_time"});
  for (int step = 3; step < 11; ++step) rhythms.write(step);
  out.close();
}

/// More axes than a commit keeps in mind.
TEST(BadTimeAxis, OfManyLacksAField) {
  Writer out(MPI_COMM_WORLD, "many.h5", {.overwrite = true});
  auto run = out.run("a");
  std::vector<tessera::Field<double>> fields;
  for (int number = 0; number < 24; ++number) {
    const std::string axis = std::to_string(number / 2);
    fields.push_back(run.field<double>("u" + std::to_string(number), rhythm_grid, {.time_axis = "axis_" + axis}));
  }
  for (std::size_t axis = 0; axis < 12; ++axis) {
    const std::string lacking = "'u" + std::to_string(2 * axis + 1) + "'";
    expect_error({ErrorCode::not_covered, {lacking, "'axis_" + std::to_string(axis) + "'"}}, [&] {
      auto step = run.step(static_cast<double>(axis));
      step.put(fields[2 * axis], rhythm_rows(), rhythm_values<double>(0, 1, 1));
      step.commit();
    });
    auto step = run.step(static_cast<double>(axis));
    for (const std::size_t which : {2 * axis, 2 * axis + 1})
      step.put(fields[which], rhythm_rows(), rhythm_values<double>(0, 1, 1));
    step.commit();
  }
  out.close();
}

TEST(BadTimeAxis, HasTheNameOfTheStatistics) {
  Writer out(MPI_COMM_WORLD, "statistics.h5", {.overwrite = true, .statistics = true});
  TwoRhythms rhythms(out);
  rhythms.write(0);
  auto run = rhythms.run;
  expect_error({ErrorCode::name_in_use, {"'other'", "'field_statistics'", "the group of the fields' statistics"}},
               [&] { run.field<double>("other", rhythm_grid, {.time_axis = "field_statistics"}); });
  for (int step = 1; step < 4; ++step) rhythms.write(step);
  out.close();
}

TEST(BadTimeAxis, IsAnotherOneThanInTheFile) {
  if (is_collective()) GTEST_SKIP() << "the collective engine does not go on with files";
  {
    Writer out(MPI_COMM_WORLD, "another.h5", {.overwrite = true});
    TwoRhythms rhythms(out);
    for (int step = 0; step < 4; ++step) rhythms.write(step);
    out.close();
  }
  Writer out(MPI_COMM_WORLD, "another.h5", {.open = tessera::OpenMode::append});
  auto run =
      out.run("a", {}, {.time_unit = "seconds since 2026-01-01", .time_attributes = {{"standard_name", "time"}}});
  expect_error({ErrorCode::name_in_use, {"'snapshot'", "time axis", "'snapshot_time'", "'time'", "in the file"}},
               [&] { run.field<double>("snapshot", rhythm_grid, {.unit = "K"}); });
  expect_error({ErrorCode::name_in_use, {"'every'", "time axis", "'snapshot_time'", "'time'", "in the file"}},
               [&] { run.field<double>("every", rhythm_grid, {.time_axis = "snapshot_time"}); });
  expect_error({ErrorCode::name_in_use, {"'norm'", "time axis", "'snapshot_time'", "'time'"}},
               [&] { run.scalar("norm", {.unit = "K"}); });
  out.close();
}

TEST(BadTimeAxis, OfPlacesIsNotThatOfTheField) {
  Writer out(MPI_COMM_WORLD, "places.h5", {.overwrite = true});
  auto run = out.run("a");
  const Grid curved{{3, 4}, {.axes = {"j", "i"}, .places = {"x", "y"}}};
  run.field<double>("x", curved, {.time_axis = "rare_time"});
  run.field<double>("y", curved, {.time_axis = "rare_time"});
  expect_error({ErrorCode::invalid_argument, {"'depth'", "'time'", "'x'", "'rare_time'"}},
               [&] { run.field<double>("depth", curved); });
  out.close();
}

}  // namespace
