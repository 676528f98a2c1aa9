#include <gtest/gtest.h>

#include <bit>

#include "pipeline/plan_cache.hpp"

namespace tessera::pipeline {
namespace {

/// Some boxes that differ from those of other numbers.
OwnBoxes boxes_number(std::int64_t number, std::size_t count = 3) {
  OwnBoxes own;
  for (std::size_t i = 0; i < count; ++i) own[0].push_back(Box::at({0, static_cast<std::int64_t>(i)}, {number + 1, 1}));
  return own;
}

constexpr std::size_t plenty = 1 << 20;

const Plan& add(PlanCache& cache, const OwnBoxes& own, std::size_t max_bytes) {
  auto plan = std::make_unique<Plan>();
  plan->own = own;
  plan->fields = {0};
  cache.prepare(*plan);
  return cache.add(std::move(plan), max_bytes);
}

TEST(PlanCaches, MatchNothingAtFirst) {
  PlanCache cache;
  EXPECT_EQ(cache.matches(boxes_number(1)), 0u);
  EXPECT_EQ(cache.common(0), nullptr);
}

TEST(PlanCaches, MatchThePlanOfTheSameBoxes) {
  PlanCache cache;
  for (std::int64_t number = 0; number < 10; ++number) add(cache, boxes_number(number), plenty);
  for (std::int64_t number = 0; number < 10; ++number) {
    const std::uint64_t flags = cache.matches(boxes_number(number));
    EXPECT_EQ(std::popcount(flags), 1);
    const Plan* plan = cache.common(flags);
    ASSERT_NE(plan, nullptr);
    EXPECT_EQ(plan->own, boxes_number(number));
  }
  EXPECT_EQ(cache.matches(boxes_number(10)), 0u);
  OwnBoxes of_another_field;
  of_another_field[1] = boxes_number(3)[0];
  EXPECT_EQ(cache.matches(of_another_field), 0u);
  EXPECT_EQ(cache.matches({}), 0u);
}

/// Also when another plan is made in every other step.
TEST(PlanCaches, KeepAPlanThatIsUsed) {
  PlanCache cache;
  add(cache, boxes_number(0), plenty);
  for (std::int64_t number = 1; number < 1000; ++number) {
    add(cache, boxes_number(number), plenty);
    ASSERT_NE(cache.common(cache.matches(boxes_number(0))), nullptr);
  }
  EXPECT_NE(cache.matches(boxes_number(999 - 40)), 0u);
  EXPECT_EQ(cache.matches(boxes_number(999 - 64)), 0u);
}

/// Ranks with more boxes forget earlier; what matches on every rank still means the same plan.
TEST(PlanCaches, ForgetWhatTakesTooMuchMemoryAndStayInStepWithOtherRanks) {
  PlanCache small;
  PlanCache large;
  constexpr std::size_t most = 16 << 10;
  for (int round = 0; round < 3; ++round) {
    for (std::int64_t number = 0; number < 100; ++number) {
      const OwnBoxes few = boxes_number(number, 1);
      const OwnBoxes many = boxes_number(number, 40);
      const std::uint64_t common = small.matches(few) & large.matches(many);
      const Plan* of_small = small.common(common);
      const Plan* of_large = large.common(common);
      EXPECT_EQ(of_small == nullptr, of_large == nullptr);
      const Plan& used = of_small == nullptr ? add(small, few, most) : *of_small;
      const Plan& also_used = of_large == nullptr ? add(large, many, most) : *of_large;
      EXPECT_EQ(used.own, few);
      EXPECT_EQ(also_used.own, many);
      EXPECT_LE(large.memory(), most + 40 * 2 * sizeof(Box));
    }
  }
  EXPECT_NE(large.matches(boxes_number(99, 40)), 0u);
  EXPECT_EQ(large.matches(boxes_number(90, 40)), 0u);
  EXPECT_NE(small.matches(boxes_number(90, 1)), 0u);
}

/// One plan that is larger than all that may be kept is still there until the next one.
TEST(PlanCaches, AlwaysKeepTheNewest) {
  PlanCache cache;
  add(cache, boxes_number(0, 1000), 1);
  EXPECT_NE(cache.matches(boxes_number(0, 1000)), 0u);
  add(cache, boxes_number(1, 1000), 1);
  EXPECT_EQ(cache.matches(boxes_number(0, 1000)), 0u);
  EXPECT_NE(cache.matches(boxes_number(1, 1000)), 0u);
  cache.forget();
  EXPECT_EQ(cache.memory(), 0u);
  EXPECT_EQ(cache.matches(boxes_number(1, 1000)), 0u);
}

}  // namespace
}  // namespace tessera::pipeline
