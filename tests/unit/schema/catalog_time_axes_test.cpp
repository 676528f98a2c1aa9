#include <gtest/gtest.h>

#include <map>
#include <string>

#include "schema/catalog.hpp"

/// \file
/// Time axes that have some of the steps: which rows a step has, and which stay.

namespace tessera::schema {
namespace {

Field on_axis(const std::string& name, const std::string& time_axis) {
  FieldOptions<double> options;
  options.time_axis = time_axis;
  options.chunk = {4};
  return describe({"r", "/r", {}}, name, Grid{{4}}, detail::untyped(options), Codec{});
}

/// Lengths of datasets that the step sets, and the values of series that it writes.
std::map<std::string, double> changes_of(Catalog& catalog, int run, double time, const std::vector<int>& fields,
                                         const Scalars& scalars) {
  catalog.define_step(run, true, fields, scalars);
  const StepChanges changes = catalog.add_step(run, &time, fields, scalars);
  catalog.settle();
  std::map<std::string, double> result;
  for (const auto* lengths : {&changes.fields, &changes.series}) {
    for (const SetLength& one : *lengths) result["length of " + one.path] = static_cast<double>(one.length);
  }
  for (const SetLength& one : changes.undo) result["undo " + one.path] = static_cast<double>(one.length);
  for (const WriteValues& one : changes.values) {
    EXPECT_EQ(one.start + 1, result["length of " + one.path]);
    result[one.path] = one.values.at(0);
  }
  return result;
}

TEST(CatalogTimeAxes, HaveARowInStepsWithSomethingOnThem) {
  Catalog catalog{Catalog::Limits{}};
  catalog.define_root("made", {});
  const int run = catalog.add_run("r", {}, {});
  const int u = catalog.add_field(run, on_axis("u", "rare"));
  catalog.add_scalar(run, "norm", {.time_axis = "rare"});
  using Changes = std::map<std::string, double>;
  EXPECT_EQ(changes_of(catalog, run, 0.5, {}, {{"energy", 7}}),
            (Changes{{"length of /r/time", 1}, {"length of /r/energy", 1}, {"/r/time", 0.5}, {"/r/energy", 7}}));
  const Changes both = changes_of(catalog, run, 1.5, {u}, {{"energy", 8}});
  EXPECT_EQ(both.at("length of /r/time"), 2);
  EXPECT_EQ(both.at("length of /r/rare"), 1);
  EXPECT_EQ(both.at("length of /r/u"), 1);
  EXPECT_EQ(both.at("undo /r/u"), 0);
  EXPECT_EQ(both.at("/r/rare"), 1.5);
  EXPECT_FALSE(changes_of(catalog, run, 2.5, {}, {{"energy", 9}}).contains("/r/rare"));
  // A scalar alone gives a row, too, of all that is on the axis.
  const Changes scalar = changes_of(catalog, run, 3.5, {}, {{"norm", 1}});
  EXPECT_EQ(scalar.at("length of /r/u"), 2);
  EXPECT_EQ(scalar.at("length of /r/norm"), 2);
  EXPECT_EQ(scalar.at("length of /r/energy"), 4);
  EXPECT_EQ(catalog.group(run).steps_on("rare"), 2);
  EXPECT_EQ(catalog.group(run).steps_on("time"), 4);
}

TEST(CatalogTimeAxes, AreCutAtTheTimeOfTheLastStepThatStays) {
  Contents contents;
  contents.runs.resize(2);
  contents.runs[0].run = {"/", "/", {}};
  StoredRun& stored = contents.runs[1];
  stored.run = {"r", "/r", {}};
  stored.has_time = true;
  stored.times = {0, 1, 2, 3, 4};
  stored.time_axes = {{"rare", {1, 3}}};
  stored.fields = {{on_axis("u", "rare"), 2}};
  EXPECT_EQ(stored.steps_of("rare"), (std::vector<std::int64_t>{1, 3}));
  EXPECT_EQ(stored.place_of("rare", 3), 1);
  EXPECT_FALSE(stored.place_of("rare", 2));
  EXPECT_FALSE(stored.place_of("rare", 5));
  for (const auto& [steps, rows] : std::map<int, int>{{4, 2}, {3, 1}, {2, 1}, {1, 0}, {0, 0}}) {
    Catalog catalog{Catalog::Limits{}, contents};
    const int run = catalog.add_run("r", {}, {});
    catalog.keep_steps(run, steps, "now");
    EXPECT_EQ(catalog.group(run).steps_on("rare"), rows) << steps;
    const auto changes = changes_of(catalog, run, 9, {0}, {});
    EXPECT_EQ(changes.at("length of /r/rare"), rows + 1) << steps;
    EXPECT_EQ(changes.at("length of /r/u"), rows + 1) << steps;
  }
}

}  // namespace
}  // namespace tessera::schema
