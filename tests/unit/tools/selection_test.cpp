#include "tools/common/selection.hpp"

#include <gtest/gtest.h>

#include <tessera/error.hpp>

using namespace tessera;
using namespace tessera::tools;

namespace {

std::vector<std::int64_t> steps(const Selection& selection, const std::string& otherwise = "-1") {
  schema::StoredRun run;
  run.times = {0, 0.5, 1, 1.5};
  return chosen_steps(run, "time", selection, otherwise);
}

ErrorCode refusal(const Selection& selection) {
  try {
    steps(selection);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::internal;
}

using Steps = std::vector<std::int64_t>;

}  // namespace

TEST(Span, CountsFromBothEnds) {
  const auto bounds = [](const std::string& text) {
    const Span span = span_of(text, 10, "axis");
    return std::pair(span.lower, span.upper);
  };
  EXPECT_EQ(bounds("3"), std::pair(std::int64_t{3}, std::int64_t{4}));
  EXPECT_EQ(bounds("-1"), std::pair(std::int64_t{9}, std::int64_t{10}));
  EXPECT_EQ(bounds("2:5"), std::pair(std::int64_t{2}, std::int64_t{5}));
  EXPECT_EQ(bounds(":-8"), std::pair(std::int64_t{0}, std::int64_t{2}));
  EXPECT_EQ(bounds("-2:"), std::pair(std::int64_t{8}, std::int64_t{10}));
  EXPECT_EQ(bounds(":"), std::pair(std::int64_t{0}, std::int64_t{10}));
}

TEST(Span, RefusesWhatIsNoPartOfTheAxis) {
  for (const char* text :
       {"10", "-11", "3:3", "5:2", "0:11", "", "one", "1:2:3", "1.5", "99999999999999999999", "--1"}) {
    EXPECT_THROW(span_of(text, 10, "axis"), Error) << text;
  }
  EXPECT_THROW(span_of(":", 0, "axis"), Error);
}

TEST(Steps, AreChosenByNumberAndTime) {
  EXPECT_EQ(steps({}), Steps{3});
  EXPECT_EQ(steps({.step = "1:3"}), (Steps{1, 2}));
  EXPECT_EQ(steps({.time = "0.7"}), Steps{1});
  EXPECT_EQ(steps({.time = "100"}), Steps{3});
  EXPECT_EQ(steps({.time = "0.5:1"}), (Steps{1, 2}));
  EXPECT_EQ(steps({.time = ":0.6"}), (Steps{0, 1}));
  EXPECT_EQ(refusal({.step = "4"}), ErrorCode::out_of_bounds);
  EXPECT_EQ(refusal({.time = "2:3"}), ErrorCode::out_of_bounds);
  EXPECT_EQ(refusal({.time = "nan"}), ErrorCode::invalid_argument);
  EXPECT_EQ(refusal({.step = "1", .time = "1"}), ErrorCode::invalid_argument);
}
