#include "schema/renumbered.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace tessera::schema {

namespace {

StoredRun run_of(const std::string& name, std::initializer_list<const char*> fields, std::size_t steps) {
  StoredRun run;
  run.run.name = name;
  run.times.resize(steps);
  for (const char* field : fields) {
    StoredField stored;
    stored.field.name = field;
    stored.steps = static_cast<std::int64_t>(steps);
    run.fields.push_back(std::move(stored));
  }
  return run;
}

TEST(Renumbered, WhatWasThereKeepsItsNumber) {
  Contents before;
  before.runs = {run_of("/", {}, 0), run_of("b", {"p", "q"}, 2)};
  Contents now;
  now.runs = {run_of("/", {}, 0), run_of("a", {"x"}, 1), run_of("b", {"o", "p", "q"}, 3)};
  const Contents result = renumbered(before, now);
  ASSERT_EQ(result.runs.size(), 3U);
  EXPECT_EQ(result.runs[1].run.name, "b");
  EXPECT_EQ(result.runs[1].times.size(), 3U);
  EXPECT_EQ(result.runs[1].fields[0].field.name, "p");
  EXPECT_EQ(result.runs[1].fields[1].field.name, "q");
  EXPECT_EQ(result.runs[1].fields[1].steps, 3);
  EXPECT_EQ(result.runs[1].fields[2].field.name, "o");
  EXPECT_EQ(result.runs[2].run.name, "a");
}

TEST(Renumbered, WhatIsGoneHasNoSteps) {
  Contents before;
  before.runs = {run_of("/", {}, 0), run_of("a", {"p"}, 2), run_of("b", {"p", "q"}, 2)};
  Contents now;
  now.runs = {run_of("/", {}, 0), run_of("b", {"q"}, 2)};
  const Contents result = renumbered(before, now);
  ASSERT_EQ(result.runs.size(), 3U);
  EXPECT_EQ(result.runs[1].run.name, "a");
  EXPECT_TRUE(result.runs[1].times.empty());
  ASSERT_EQ(result.runs[2].fields.size(), 2U);
  EXPECT_EQ(result.runs[2].fields[0].steps, 0);
  EXPECT_EQ(result.runs[2].fields[1].steps, 2);
}

}  // namespace

}  // namespace tessera::schema
