#include "schema/catalog.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <type_traits>

#include <tessera/error.hpp>

namespace tessera::schema {
namespace {

Field field(const Catalog& catalog, int group, const std::string& name, const Grid& grid = {{4, 3}, {}},
            const FieldOptions<double>& options = {}) {
  return describe(*catalog.group(group).run, name, grid, detail::untyped(options), Codec{});
}

/// The code and the words of the error that a call throws.
template <class Call>
void refuse(ErrorCode code, const std::vector<std::string>& words, Call&& call) {
  try {
    call();
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    for (const std::string& word : words) {
      EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << word << " is not in: " << error.what();
    }
  }
}

std::vector<std::string> created(const Operations& operations) {
  std::vector<std::string> paths;
  for (const Operation& operation : operations) {
    if (const auto* group = std::get_if<CreateGroup>(&operation)) paths.push_back(group->path);
    if (const auto* dataset = std::get_if<CreateDataset>(&operation)) paths.push_back(dataset->path);
  }
  return paths;
}

using Names = std::vector<std::string>;

/// A file with one run and one field, both in the file.
struct CatalogTest : testing::Test {
  CatalogTest() {
    catalog.define_root("made", {});
    run = catalog.add_run("r", {{"n", 1}}, {});
    f = catalog.add_field(run, field(catalog, run, "f"));
    catalog.choose_chunk(run, f, {2, 3});
    step(catalog, 0, {f}, {});
    catalog.settle();
  }
  StepChanges step(Catalog& next, double time, const std::vector<int>& fields, const Scalars& scalars) const {
    next.define_step(run, true, fields, scalars);
    return next.add_step(run, &time, fields, scalars);
  }
  Catalog catalog{Catalog::Limits{}};
  int run = 0;
  int f = 0;
};

TEST_F(CatalogTest, PartsGoFromDeclaredOverQueuedIntoTheFile) {
  const int g = catalog.add_field(run, field(catalog, run, "g", {{4, 3}, {}}, {.fill = 0}));
  const auto state = [&] { return catalog.state(catalog.field(run, g).batch); };
  EXPECT_EQ(state(), State::declared);
  EXPECT_FALSE(catalog.has_queued());
  catalog.choose_chunk(run, g, {4, 3});
  catalog.define_step(run, true, {f, g}, {});
  EXPECT_EQ(state(), State::queued);
  EXPECT_EQ(created(catalog.queued()), (Names{"/r/g"}));
  catalog.settle();
  EXPECT_EQ(state(), State::in_file);
  EXPECT_FALSE(catalog.has_queued());
  EXPECT_TRUE(catalog.queued().empty());
}

TEST_F(CatalogTest, TheFirstStepBringsRunTimeAxesAndFields) {
  Catalog fresh{Catalog::Limits{}};
  fresh.define_root("made", {{"title", "t"}});
  const int other = fresh.add_run("other", {}, {});
  const int velocity = fresh.add_field(other, field(fresh, other, "velocity", {{4, 3}, {}}, {.components = 3}));
  fresh.choose_chunk(other, velocity, {4, 3});
  fresh.define_step(other, true, {velocity}, {{"residual", 1}});
  EXPECT_EQ(created(fresh.queued()), (Names{"/other", "/other/time", "/other/y", "/other/x", "/other/component_3",
                                            "/other/velocity", "/other/residual"}));
}

TEST_F(CatalogTest, AStepLengthensWhatDependsOnTime) {
  catalog.add_scalar(run, "declared", {});
  const StepChanges changes = step(catalog, 2.5, {f}, {{"energy", 7}});
  ASSERT_EQ(changes.fields.size(), 1u);
  EXPECT_EQ(changes.fields[0].path, "/r/f");
  EXPECT_EQ(changes.fields[0].length, 2);
  EXPECT_EQ(changes.undo[0].length, 1);
  ASSERT_EQ(changes.series.size(), 2u);  // declared alone is not there yet
  EXPECT_EQ(changes.series[0].path, "/r/time");
  EXPECT_EQ(changes.series[1].path, "/r/energy");
  ASSERT_EQ(changes.values.size(), 2u);
  EXPECT_EQ(changes.values[0].path, "/r/energy");
  EXPECT_EQ(changes.values[0].start, 1);
  EXPECT_EQ(changes.values[1].values, (std::vector<double>{2.5}));
  EXPECT_EQ(catalog.group(run).steps, 2);
  EXPECT_EQ(catalog.group(run).last_time, 2.5);
}

TEST_F(CatalogTest, StaticFieldsAreWrittenWithoutAStep) {
  const int mask = catalog.add_field(run, field(catalog, run, "mask", {{4, 3}, {}}, {.time_dependent = false}));
  catalog.choose_chunk(run, mask, {4, 3});
  catalog.define_step(run, false, {mask}, {});
  const StepChanges changes = catalog.add_step(run, nullptr, {mask}, {});
  EXPECT_TRUE(changes.series.empty());
  EXPECT_TRUE(catalog.field(run, mask).written);
  EXPECT_EQ(catalog.group(run).steps, 1);
}

/// Nothing is taken back: what failed was done to a copy.
TEST_F(CatalogTest, AFailedStepLeavesNothing) {
  Catalog next = catalog;
  step(next, 1, {f}, {{"ghost", 7}});
  EXPECT_TRUE(next.group(run).names.contains("ghost"));
  EXPECT_FALSE(catalog.group(run).names.contains("ghost"));
  EXPECT_FALSE(catalog.has_queued());
  EXPECT_EQ(catalog.group(run).steps, 1);
  catalog.define_remaining(run);
  EXPECT_FALSE(catalog.has_queued());
  catalog.add_field(run, field(catalog, run, "ghost", {{4, 3}, {}}, {.fill = 0}));
}

TEST_F(CatalogTest, AStepWhoseDefinitionsReachedTheFileLeavesThem) {
  Catalog defined = catalog;
  defined.define_step(run, true, {f}, {{"ghost", 7}});
  Catalog next = defined;
  const double time = 1;
  next.add_step(run, &time, {f}, {{"ghost", 7}});
  defined.settle();
  EXPECT_EQ(defined.state(defined.group(run).scalars.find("ghost")->batch), State::in_file);
  EXPECT_EQ(defined.group(run).steps, 1);
}

TEST_F(CatalogTest, AScalarsNameIsCheckedAgainWhenItsStepComes) {
  EXPECT_NO_THROW(catalog.check_scalar(run, "q", 1));
  catalog.add_field(run, field(catalog, run, "q", {{4, 3}, {}}, {.fill = 0}));
  Catalog next = catalog;
  refuse(ErrorCode::name_in_use, {"scalar 'q' of run 'r'", "a field"}, [&] { step(next, 1, {f}, {{"q", 7}}); });
  EXPECT_EQ(step(catalog, 1, {f}, {}).values.size(), 1u);
}

TEST_F(CatalogTest, SeriesAreCountedWithThoseOfTheStep) {
  Catalog small({3, "small"});
  small.define_root("made", {});
  const int r = small.add_run("r", {}, {});
  small.add_field(r, field(small, r, "a"));
  small.add_scalar(r, "b", {});
  EXPECT_NO_THROW(small.check_scalar(r, "c", 1));
  EXPECT_NO_THROW(small.check_scalar(r, "b", 9));
  refuse(ErrorCode::invalid_argument, {"run 'r' has 3 fields and scalars", "small engine"},
         [&] { small.check_scalar(r, "d", 2); });
  Catalog next = small;
  refuse(ErrorCode::invalid_argument, {"run 'r' has 3"}, [&] { next.define_step(r, true, {}, {{"c", 1}, {"d", 1}}); });
  small.add_scalar(r, "c", {});
  refuse(ErrorCode::invalid_argument, {"run 'r' has 3"}, [&] { small.add_field(r, field(small, r, "d")); });
}

TEST_F(CatalogTest, NamesAreUsedOnce) {
  catalog.add_scalar(run, "s", {});
  refuse(ErrorCode::name_in_use, {"run 'r'", "for a run"}, [&] { catalog.add_run("r", {}, {}); });
  refuse(ErrorCode::name_in_use, {"field 's'", "for a scalar"},
         [&] { catalog.add_field(run, field(catalog, run, "s")); });
  refuse(ErrorCode::name_in_use, {"scalar 'f'", "for a field"}, [&] { catalog.add_scalar(run, "f", {}); });
  refuse(ErrorCode::name_in_use, {"field 'time'"}, [&] { catalog.add_field(run, field(catalog, run, "time")); });
  refuse(ErrorCode::name_in_use, {"field 'x'", "an axis of a grid", "GridOptions::axes"},
         [&] { catalog.add_field(run, field(catalog, run, "x")); });
  refuse(ErrorCode::name_in_use, {"attribute 'n' of run 'r'"}, [&] { catalog.add_attribute(run, {"n", 2}); });
  refuse(ErrorCode::name_in_use, {"attribute 'history' of the root group"}, [&] {
    catalog.add_attribute(Catalog::root, {"history", 2});
  });
}

TEST_F(CatalogTest, SmallAttributeValuesAreKept) {
  catalog.add_attribute(run, {"large", std::string(10000, 'x')});
  EXPECT_EQ(std::get<std::int32_t>((*catalog.group(run).attributes.find("n"))->storage()), 1);
  EXPECT_EQ(*catalog.group(run).attributes.find("large"), nullptr);
}

TEST_F(CatalogTest, WhatWasNeverPutIsMadeAtTheEnd) {
  const int late = catalog.add_field(run, field(catalog, run, "late", {{4, 3}, {}}, {.fill = 0}));
  const int mask = catalog.add_field(run, field(catalog, run, "mask", {{4, 3}, {}}, {.time_dependent = false}));
  catalog.add_scalar(run, "s", {});
  for (const int number : {late, mask}) catalog.choose_chunk(run, number, {4, 3});
  catalog.define_remaining(run);
  EXPECT_EQ(created(catalog.queued()), (Names{"/r/late", "/r/s"}));  // a static one has nothing true to read
}

/// A commit costs what it changes, however much there is.
TEST_F(CatalogTest, ManyRunsAndFieldsShareTheirContent) {
  for (int i = 0; i < 20000; ++i) catalog.add_run("run_" + std::to_string(i), {{"i", i}}, {});
  for (int i = 0; i < 5000; ++i) {
    catalog.add_field(run, field(catalog, run, "field_" + std::to_string(i), {{4, 3}, {}}, {.fill = 0}));
  }
  catalog.settle();
  const FieldRecord* record = &catalog.field(run, 2500);
  for (int n = 1; n < 1000; ++n) {
    Catalog next = catalog;
    step(next, n, {f}, {{"s", n}});
    next.settle();
    catalog = std::move(next);
  }
  EXPECT_EQ(&catalog.field(run, 2500), record);
  EXPECT_EQ(catalog.group(run).steps, 1000);
  EXPECT_EQ(catalog.groups(), 20002);
}

static_assert(std::is_nothrow_move_assignable_v<Catalog>);

}  // namespace
}  // namespace tessera::schema
