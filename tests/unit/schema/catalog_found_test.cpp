#include <gtest/gtest.h>

#include <tessera/error.hpp>

#include "schema/catalog.hpp"

/// \file
/// A catalog of a file that is there.

namespace tessera::schema {
namespace {

const Grid found_grid{{4, 3}, {.spacing = {0.5}, .unit = "m"}};

Field described(const std::string& name, const FieldOptions<double>& options = {}) {
  return describe({"r", "/r", {}}, name, found_grid, detail::untyped(options), Codec{});
}

/// Three steps of the field `f` and the scalar `s`, and something that is neither.
Contents contents() {
  Contents made;
  made.dimensions = 3;
  StoredRun root;
  root.run = {"/", "/", {}};
  root.attributes = {{"history", "the beginning"}};
  StoredRun run;
  run.run = {"r", "/r", {.time_unit = "s"}};
  run.attributes = {{"n", 1}};
  run.has_time = true;
  run.times = {0, 0.1, 0.2};
  Field field = described("f");
  field.chunk = {2, 3};
  run.fields = {{field, 3}};
  run.scalars = {{"s", {.unit = "J"}, {}}};
  run.others = {"y", "x", "note"};
  made.runs = {root, run};
  return made;
}

std::string refusal(auto&& call, ErrorCode code) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

bool has(const std::string& text, const std::string& word) { return text.find(word) != std::string::npos; }

struct CatalogFound : testing::Test {
  Catalog catalog{Catalog::Limits{}, contents()};
  int resumed() { return catalog.add_run("r", {}, {.time_unit = "s"}); }
  /// What the next step of the field queues.
  Operations next_step(int run, double time = 1) {
    catalog.define_step(run, true, {0}, {});
    catalog.add_step(run, &time, {0}, {});
    Operations queued = catalog.queued();
    catalog.settle();
    return queued;
  }
};

TEST_F(CatalogFound, HasWhatIsThere) {
  ASSERT_EQ(catalog.groups(), 2);
  const Group& run = catalog.group(1);
  EXPECT_EQ(run.steps, 3);
  EXPECT_EQ(run.last_time, 0.2);
  EXPECT_EQ(catalog.state(run.time_batch), State::in_file);
  EXPECT_EQ(*run.names.find("x"), Kind::axis);
  EXPECT_EQ(*run.names.find("note"), Kind::other);
  EXPECT_FALSE(catalog.has_queued());
}

TEST_F(CatalogFound, AKnownRunIsThatRunOnce) {
  EXPECT_EQ(catalog.add_run("r", {{"n", 1}, {"added", 2}}, {.time_unit = "s"}), 1);
  const Operations queued = catalog.queued();
  ASSERT_EQ(queued.size(), 1u);
  EXPECT_EQ(std::get<SetAttribute>(queued[0]).name, "added");
  EXPECT_TRUE(has(refusal([&] { resumed(); }, ErrorCode::name_in_use), "before"));
  EXPECT_EQ(catalog.add_run("other", {}, {}), 2);
}

TEST_F(CatalogFound, AKnownFieldKeepsItsChunkAndTheRest) {
  const int run = resumed();
  EXPECT_EQ(catalog.add_field(run, described("f"), false), 0);
  EXPECT_EQ(catalog.field(run, 0).field.chunk, (Index{2, 3}));
  EXPECT_TRUE(next_step(run).empty()) << "it was made once more";
  EXPECT_TRUE(has(refusal([&] { catalog.add_field(run, described("note"), false); }, ErrorCode::name_in_use), "note"));
}

TEST_F(CatalogFound, ADifferenceIsToldWithBothSides) {
  const int run = resumed();
  const auto refused = [&](const FieldOptions<double>& options) {
    Catalog next = catalog;
    const bool has_codec = options.codec.has_value();
    return refusal([&] { next.add_field(run, described("f", options), has_codec); }, ErrorCode::name_in_use);
  };
  EXPECT_TRUE(has(refused({.unit = "K"}), "its unit is '' in the file and 'K' here"));
  EXPECT_TRUE(has(refused({.precision = Precision::single}), "float64 in the file and float32 here"));
  EXPECT_TRUE(has(refused({.codec = Codec::none()}), "not compressed"));
  EXPECT_TRUE(has(refused({.chunk = {1, 1}}), "(2, 3)"));
}

TEST_F(CatalogFound, StepsToBeDroppedGoWithTheNextOne) {
  const int run = resumed();
  catalog.add_field(run, described("f"), false);
  const std::string dropped = catalog.keep_steps(run, 1, "today");
  EXPECT_EQ(dropped, "steps 1 to 2 of run 'r', at times 0.1 to 0.2,");
  EXPECT_EQ(catalog.group(run).steps, 1);
  EXPECT_EQ(catalog.group(run).last_time, 0);
  EXPECT_FALSE(catalog.has_queued()) << "not before";
  catalog.define_remaining(run);
  EXPECT_FALSE(catalog.has_queued()) << "not at the end either";
  const Operations queued = next_step(run, 0.15);
  std::map<std::string, std::int64_t> lengths;
  std::string history;
  for (const Operation& operation : queued) {
    if (const auto* length = std::get_if<SetLength>(&operation)) lengths[length->path] = length->length;
    if (const auto* text = std::get_if<SetAttribute>(&operation)) history = to_string(text->value);
  }
  EXPECT_EQ(lengths, (std::map<std::string, std::int64_t>{{"/r/f", 1}, {"/r/s", 1}, {"/r/time", 1}}));
  EXPECT_TRUE(has(history, "the beginning\n") && has(history, "today: dropped steps 1 to 2")) << history;
  EXPECT_TRUE(next_step(run, 0.3).empty()) << "once";
  refusal([&] { catalog.keep_steps(run, 1, ""); }, ErrorCode::wrong_order);
}

TEST_F(CatalogFound, KeepsAllOrNoneOrAsManyAsATimeSays) {
  const int run = resumed();
  EXPECT_EQ(catalog.steps_until(run, 0.1), 2);
  EXPECT_EQ(catalog.steps_until(run, 0.1 * (1 - 1e-14)), 2) << "up to rounding";
  EXPECT_EQ(catalog.steps_until(run, 0.0999), 1);
  EXPECT_EQ(catalog.steps_until(run, -1), 0);
  EXPECT_EQ(catalog.keep_steps(run, 3, ""), "");
  EXPECT_FALSE(catalog.keep_steps(run, 0, "").empty());
  refusal([&] { catalog.keep_steps(run, 1, ""); }, ErrorCode::invalid_argument);
  refusal([&] { catalog.keep_steps(run, -1, ""); }, ErrorCode::invalid_argument);
}

TEST_F(CatalogFound, HistoryKeepsItsFirstLineAndTheLatest) {
  for (int n = 0; n < 400; ++n) {
    catalog.define_root("line " + std::to_string(n) + std::string(60, '.'), {});
  }
  const std::string text = to_string(std::get<SetAttribute>(catalog.queued().back()).value);
  EXPECT_LT(text.size(), 9000u);
  EXPECT_TRUE(has(text, "the beginning") && has(text, "line 399"));
  EXPECT_FALSE(has(text, "line 0."));
}

TEST(CatalogFoundRefuses, WhatCannotGoOn) {
  Contents made = contents();
  made.runs[1].obstacle = "'/r/g' is a group in a run";
  Catalog catalog(Catalog::Limits{}, made);
  EXPECT_TRUE(has(refusal([&] { catalog.add_run("r", {}, {.time_unit = "s"}); }, ErrorCode::hdf5), "'/r/g'"));
  EXPECT_EQ(catalog.add_run("s", {}, {}), 2);
  made.runs[0].obstacle = "'/m' is virtual";
  EXPECT_TRUE(has(refusal([&] { Catalog(Catalog::Limits{}, made); }, ErrorCode::hdf5), "'/m' is virtual"));
}

}  // namespace
}  // namespace tessera::schema
