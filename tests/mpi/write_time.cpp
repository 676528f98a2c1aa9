#include <gtest/gtest.h>

#include <limits>

#include "support/test_file.hpp"

using namespace tessera_test;
using tessera::FieldOptions;
using tessera::Grid;
using tessera::Index;

namespace {

const Index time_shape{6, 5, 4};
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(WriteTime, StaticAndTimeDependentFieldsOfSeveralRuns) {
  TestFile file;
  const Blocks blocks = bricks(time_shape, file.size());
  auto first = file.run("simulation_1", {{"resolution", 100}, {"time_step", 0.01}});
  auto second = file.run("simulation_2", {{"resolution", 200}}, {.time_unit = "hours since 2026-01-01"});
  const auto mask = first.field<std::uint8_t>("mask", Grid{time_shape}, {.time_dependent = false});
  const auto a =
      first.field<double>("temperature", Grid{time_shape}, {.unit = "K", .long_name = "temperature of the air"});
  const auto b = second.field<double>("temperature", Grid{time_shape}, {.unit = "K"});
  for (int n = 0; n < 5; ++n) {
    auto one = first.step(0.1 * n);
    one.put(a, blocks);
    if (n == 2) one.put(mask, blocks);
    auto two = second.step(-3 + n);  // both open at once
    two.put(b, blocks);
    if (n % 2 == 0) two.commit();
    one.commit();
  }
  file.close();
}

/// What a reader of a real study meets: coordinates with units, dates, vectors, cell data, a mask, two resolutions.
TEST(WriteTime, AStudyWithDatesAndUnits) {
  TestFile file({.attributes = {{"title", "Heat in a block"}, {"institution", "none"}}});
  for (const std::int64_t n : {9, 12}) {
    const Grid grid{{n, n - 1, n + 1}, {.spacing = {0.5, 0.25, 0.1}, .origin = {0, -1, 2}, .unit = "m"}};
    auto run = file.run("simulation_" + std::to_string(n), {{"resolution", n}, {"time_step", 0.01}, {"scheme", "θ"}},
                        {.time_unit = "seconds since 2026-01-01"});
    const auto temperature = run.field<double>("temperature", grid, {.unit = "K", .long_name = "temperature"});
    const auto displacement = run.field<float>("displacement", grid, {.unit = "m", .components = 3});
    const auto stress = run.field<double>(
        "stress", grid,
        {.unit = "Pa", .location = tessera::Location::cell, .components = 6, .precision = tessera::Precision::single});
    const auto mask = run.field<std::int8_t>("mask", grid, {.time_dependent = false});
    const auto probe = run.field<double>("probe", grid, {.unit = "K", .fill = nan});
    run.scalar("residual", {.unit = "1", .long_name = "residual"});
    auto statics = run.statics();
    statics.put(mask, bricks(grid.shape, file.size()));
    statics.commit();
    for (int k = 0; k < 4; ++k) {
      auto step = run.step(43200.0 * k);
      step.put(temperature, bricks(grid.shape, file.size()), {.halo = {{1}, {1}}});
      step.put(displacement, bricks(grid.shape, file.size()), {.order = {2, 1, 0, 3}});
      step.put(stress, slabs(stress.shape(), file.size(), 1));
      if (k > 1) step.put(probe, slabs({3, 2, 2}, file.size()));
      step.scalar("residual", 1.0 / (1 << k));
      step.commit();
    }
  }
  file.close();
}

/// Monthly means of models whose years have 360 and 365 days: without the calendar dates would be wrong.
TEST(WriteTime, CalendarsAndAttributesOfAxes) {
  TestFile file;
  const Grid grid{{2, 3, 4},
                  {.axes = {"lev", "lat", "lon"},
                   .units = {"hPa", "degrees_north", "degrees_east"},
                   .attributes = {{{"positive", "down"}, {"axis", "Z"}, {"levels", std::vector<double>{850, 500}}},
                                  {{"standard_name", "latitude"}},
                                  {}}}};
  for (const char* calendar : {"360_day", "noleap", "standard"}) {
    auto run = file.run(std::string("model_") + calendar, {},
                        {.time_unit = "days since 2000-01-01",
                         .time_attributes = {{"calendar", calendar}, {"standard_name", "time"}}});
    const auto air = run.field<float>("tas", grid, {.unit = "K", .attributes = {{"cell_methods", "time: mean"}}});
    const auto cells = run.field<float>("ts", grid, {.unit = "K", .location = tessera::Location::cell});
    for (int month = 0; month < 30; ++month) {
      auto step = run.step(30 * month + 29.5);
      step.put(air, bricks(grid.shape, file.size()));
      step.put(cells, slabs(cells.shape(), file.size(), 2));
      step.commit();
    }
  }
  auto other = file.run("own_axis", {}, {.time_unit = "1", .time_attributes = {{"axis", "none"}}});
  const auto field = other.field<float>("field", Grid{{3}});
  auto step = other.step(0);
  step.put(field, slabs({3}, file.size()));
  step.commit();
  file.close();
}

TEST(WriteTime, FieldsThatBeginAtALaterStep) {
  TestFile file;
  const Blocks blocks = slabs(time_shape, file.size(), 1);
  auto run = file.run("run");
  const auto always = run.field<double>("always", Grid{time_shape});
  const auto late = run.field<double>("late", Grid{time_shape}, {.fill = nan});
  TestField<float> declared_late;
  for (int n = 0; n < 5; ++n) {
    if (n == 3) declared_late = run.field<float>("declared_late", Grid{time_shape}, {.components = 3, .fill = -1.0f});
    auto step = run.step(n);
    step.put(always, blocks);
    if (n >= 2) step.put(late, blocks, {.halo = {{1}, {1}}});
    if (n == 4) step.put(declared_late, blocks);
    step.commit();
  }
  file.close();
}

TEST(WriteTime, FillValuesForWholeStepsAndParts) {
  TestFile file;
  auto run = file.run("run");
  const auto sometimes = run.field<std::int32_t>("sometimes", Grid{time_shape}, {.fill = -999, .chunk = {2, 5, 3}});
  const auto part =
      run.field<double>("part", Grid{time_shape}, {.components = 3, .fill = 1e300, .codec = tessera::Codec::none()});
  const auto corner = run.field<float>("corner", Grid{time_shape}, {.time_dependent = false, .fill = 0.0f});
  auto statics = run.statics();
  statics.put(corner, slabs({2, 2, 2}, file.size()));
  statics.commit();
  for (int n = 0; n < 6; ++n) {
    auto step = run.step(n);
    if (n % 2 == 1) step.put(sometimes, slabs(time_shape, file.size()));
    if (n != 3) step.put(part, slabs({1 + n, 4, 2}, file.size()));
    step.scalar("n", n);
    step.commit();
  }
  file.close();
}

TEST(WriteTime, DeclaredAndNeverPut) {
  TestFile file;
  auto run = file.run("run");
  run.field<double>("empty", Grid{time_shape}, {.unit = "m"});
  run.field<double>("filled", Grid{time_shape}, {.time_dependent = false, .fill = 2.5});
  run.field<double>("left_out", Grid{time_shape}, {.time_dependent = false});
  auto other = file.run("other");
  const auto used = other.field<double>("used", Grid{time_shape});
  other.field<float>("unused", Grid{time_shape}, {.components = 3, .fill = 7.0f});
  other.scalar("never", {.unit = "J", .long_name = "energy"});
  for (int n = 0; n < 3; ++n) {
    auto step = other.step(n);
    step.put(used, slabs(time_shape, file.size()));
    step.commit();
  }
  file.run("without_anything", {{"note", "nothing here"}});
  file.close();
}

TEST(WriteTime, ScalarsFromTheFirstStepOnAndLateOnes) {
  TestFile file;
  auto run = file.run("run");
  const auto field = run.field<double>("field", Grid{time_shape});
  run.scalar("residual", {.unit = "1", .long_name = "residual of the linear solver"});
  run.scalar("declared_and_late", {.unit = "s"});
  for (int n = 0; n < 6; ++n) {
    auto step = run.step(0.25 * n);
    step.put(field, slabs(time_shape, file.size()));
    step.scalar("residual", 1.0 / (n + 1));
    if (n >= 2) step.scalar("late", n);
    if (n == 4) step.scalar("declared_and_late", -1e-300);
    if (n == 5) step.scalar("not_a_number", nan);
    step.commit();
  }
  file.close();
}

TEST(WriteTime, ScalarsAloneAndManySteps) {
  TestFile file;
  auto run = file.run("run");
  for (int n = 0; n < 600; ++n) {  // more than one chunk of the series
    auto step = run.step(n);
    step.scalar("n", n);
    step.commit();
  }
  file.close();
}

TEST(WriteTime, FieldsOfTheRootGroup) {
  TestFile file({.attributes = {{"title", "Fields of the root group"}, {"cases", 2}}});
  auto root = file.root({{"note", "beside a run"}}, {.time_unit = "days since 2026-01-01"});
  auto run = file.run("run");
  const auto a = root.field<double>("field", Grid{time_shape}, {.components = 3});
  const auto b = run.field<double>("field", Grid{time_shape});
  for (int n = 0; n < 2; ++n) {
    auto one = root.step(n);
    one.put(a, slabs(time_shape, file.size()));
    one.scalar("series", n);
    one.commit();
    auto two = run.step(n);
    two.put(b, slabs(time_shape, file.size()));
    two.commit();
  }
  file.close();
}

TEST(WriteTime, AttributesOfEveryKind) {
  TestFile file;
  const tessera::Attributes all{{"zeta", 1},
                                {"int64", std::int64_t{1} << 40},
                                {"float64", 0.1},
                                {"float32", 0.1f},
                                {"bool", true},
                                {"text", "Größe in m²"},
                                {"empty_text", ""},
                                {"int32s", std::vector<std::int32_t>{1, -2, 3}},
                                {"int64s", std::vector<std::int64_t>{1, std::int64_t{-1} << 40}},
                                {"float64s", std::vector<double>{0.1, nan, -0.0}},
                                {"float32s", std::vector<float>{0.1f}},
                                {"bools", std::vector<bool>{true, false, true}},
                                {"texts", std::vector<std::string>{"a", "größer", ""}},
                                {"not_a_number", nan},
                                {"infinite", -std::numeric_limits<double>::infinity()},
                                {"alpha", "the last one"}};
  auto run = file.run("run", all);
  const auto field = run.field<double>("field", Grid{time_shape}, {.attributes = all});
  run.attribute("before_the_first_step", 1.5);
  for (int n = 0; n < 2; ++n) {
    auto step = run.step(n);
    step.put(field, slabs(time_shape, file.size()));
    step.commit();
    run.attribute("after_step_" + std::to_string(n), n);
  }
  file.close();
}

TEST(WriteTime, StepsThatAreLetGoLeaveNoTrace) {
  TestFile file;
  auto run = file.run("run");
  const auto field = run.field<double>("field", Grid{time_shape});
  for (int n = 0; n < 3; ++n) {
    {
      auto dropped = run.step(100);
      dropped.put(field, slabs(time_shape, file.size()));
      dropped.scalar("dropped", 1);
    }
    auto step = run.step(n);
    step.put(field, slabs(time_shape, file.size()));
    step.commit();
  }
  auto open = run.step(100);
  open.put(field, slabs(time_shape, file.size()));
  file.close();  // drops the open step
}

}  // namespace
