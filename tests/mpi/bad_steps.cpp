#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/scene.hpp"

/// \file
/// Steps, scalars and static fields in the wrong order or with wrong values.

using namespace tessera_test;
using tessera::ErrorCode;
using tessera::Grid;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// For each group of culprits: they begin a step at `time(culprit)`, the others at a right one; its commit is refused.
void refuse_time(Scene& scene, Wanted wanted, double wrong) {
  for (const std::set<int>& culprits : culprits()) {
    const double right = scene.next_time();
    {
      auto step = scene.run.step(scene.is(culprits) ? wrong : right);
      step.put(scene.field, scene.blocks);
      Wanted each = wanted;
      each.words.push_back(name_of(culprits));
      each.ranks = culprits;
      expect_error(each, [&] { step.commit(); });
    }
    scene.right_step();
  }
}

TEST(BadTime, DoesNotIncrease) {
  Scene scene;
  refuse_time(scene, {ErrorCode::invalid_argument, {"the time 1", "times have to increase", "run 'run'"}}, 1.0);
  refuse_time(scene, {ErrorCode::invalid_argument, {"the time -5", "times have to increase"}}, -5.0);
}

TEST(BadTime, IsNotFinite) {
  Scene scene;
  refuse_time(scene, {ErrorCode::invalid_argument, {"nan", "not finite"}}, std::nan(""));
  refuse_time(scene, {ErrorCode::invalid_argument, {"inf", "not finite"}}, infinity);
}

/// Rank 0's counts; those that have another say so.
std::string name_of_those_against_root(int culprit) {
  if (culprit != 0) return "rank " + std::to_string(culprit);
  return world_size() == 2 ? "rank 1:" : "ranks 1";
}

TEST(BadTime, DiffersBetweenRanks) {
  Scene scene;
  for (int culprit = 0; scene.file.size() > 1 && culprit < scene.file.size(); ++culprit) {
    const double time = scene.next_time();
    {
      auto step = scene.run.step(scene.file.rank() == culprit ? time + 0.25 : time);
      step.put(scene.field, scene.blocks);
      const std::string right = std::to_string(static_cast<int>(time));
      expect_error({ErrorCode::ranks_disagree,
                    {"the time is " + (culprit == 0 ? right : right + ".25") + " here",
                     "and " + (culprit == 0 ? right + ".25" : right) + " on rank 0", "broadcast it", "run 'run'",
                     name_of_those_against_root(culprit)}},
                   [&] { step.commit(); });
    }
    scene.right_step();
  }
}

/// As in codes that work them out on every rank: the last bits are rank 0's, which writes the manifest.
TEST(StepValues, ThatDifferInTheLastBitsAreThoseOfRank0) {
  Scene scene;
  const double rounding = 1 + 1e-15 * scene.file.rank();
  for (int n = 0; n < 3; ++n) {
    auto step = scene.run.step(scene.next_time() * rounding);
    step.put(scene.field, scene.blocks);
    step.scalar("residual", 0.1 * rounding);
    step.scalar("zero", scene.file.rank() % 2 == 0 ? 0.0 : -0.0);
    step.scalar("nothing", scene.file.rank() % 2 == 0 ? std::nan("") : -std::nan("1"));
    step.scalar("endless", -infinity);
    EXPECT_NO_THROW(step.commit());
  }
}

TEST(StepValues, OfOneRankComeFromThatRank) {
  Scene scene;
  for (int owner = 0; owner < scene.file.size(); ++owner) {
    auto step = scene.run.step(scene.next_time());
    step.put(scene.field, scene.blocks);
    step.scalar("all", 7);
    const double value = owner + 0.5;
    if (scene.file.rank() == owner) step.raw().scalar("probe", std::optional(value));
    else step.raw().scalar("probe", std::nullopt);
    step.raw().scalar("count", scene.file.rank() == owner ? std::optional(owner) : std::nullopt);
    // On the border of two blocks, say: those that have it agree, and the lowest one's counts.
    step.raw().scalar("shared", std::optional(value * (1 + 1e-15 * scene.file.rank())));
    step.expect_scalar("probe", value);
    step.expect_scalar("count", owner);
    step.expect_scalar("shared", value);
    EXPECT_NO_THROW(step.commit());
  }
}

TEST(StepValues, OfOneRankThatNoneOrSeveralGiveOtherwise) {
  Scene scene;
  {
    auto step = scene.run.step(scene.next_time());
    step.put(scene.field, scene.blocks);
    step.raw().scalar("probe", std::nullopt);
    expect_error({ErrorCode::invalid_argument, {"no rank gave a value", "'probe'", "run 'run'"}},
                 [&] { step.commit(); });
  }
  scene.right_step();
  if (scene.file.size() == 1) return;
  auto step = scene.run.step(scene.next_time());
  step.put(scene.field, scene.blocks);
  step.raw().scalar("probe", std::optional(1.0 + scene.file.rank()));
  expect_error({ErrorCode::ranks_disagree,
                {"'probe'", "given by " + std::to_string(scene.file.size()) + " ranks",
                 "from 1 to " + std::to_string(scene.file.size()), "std::nullopt"}},
               [&] { step.commit(); });
  scene.right_step();
  auto other = scene.run.step(scene.next_time());
  other.put(scene.field, scene.blocks);
  other.raw().scalar("probe", std::optional(scene.file.rank() == 0 ? std::nan("") : 5.0));
  expect_error({ErrorCode::ranks_disagree, {"'probe'", "from 5 to 5 and nan"}}, [&] { other.commit(); });
  scene.right_step();
}

TEST(BadStep, BegunWhileAnotherIsOpen) {
  Scene scene;
  for (const std::set<int>& culprits : culprits()) {
    const double time = scene.next_time();
    {
      // Only the culprits keep a first step open, in which they have put something.
      std::optional<tessera::Step> open;
      if (scene.is(culprits)) open.emplace(scene.run.raw().step(time));
      auto step = scene.run.step(time);
      step.put(scene.field, scene.blocks);
      expect_error({ErrorCode::wrong_order, {"open already", "run 'run'", "out of scope", name_of(culprits)}, culprits},
                   [&] { step.commit(); });
    }
    scene.right_step();
  }
}

TEST(BadStep, CommittedWithoutAPut) {
  Scene scene;
  {
    auto step = scene.run.step(scene.next_time());
    expect_error({ErrorCode::wrong_order, {"run 'run'", "no rank put anything", "put a field or a scalar"}},
                 [&] { step.commit(); });
  }
  {
    auto step = scene.run.statics();
    expect_error({ErrorCode::wrong_order, {"static fields of run 'run'", "no rank put anything"}},
                 [&] { step.commit(); });
  }
  scene.right_step();
}

TEST(BadStep, LeavesAFieldOut) {
  Scene scene;
  {
    auto step = scene.run.step(scene.next_time());
    step.scalar("scalar", 1);
    expect_error({ErrorCode::not_covered, {"field 'field'", "put by no rank", "FieldOptions::fill"}},
                 [&] { step.commit(); });
  }
  scene.right_step();
}

TEST(BadStep, CommittedTwice) {
  Scene scene;
  auto step = scene.run.step(scene.next_time());
  step.put(scene.field, scene.blocks);
  EXPECT_NO_THROW(step.commit());
  expect_error({ErrorCode::wrong_order, {"run 'run'", "committed once", "Run::step"}}, [&] { step.raw().commit(); });
  scene.right_step();
}

TEST(BadStep, CommittedAgainAfterItFailed) {
  Scene scene;
  {
    auto step = scene.run.step(scene.next_time());
    expect_error({ErrorCode::wrong_order, {"no rank put anything"}}, [&] { step.commit(); });
    expect_error({ErrorCode::wrong_order, {"committed once"}}, [&] { step.commit(); });
  }
  scene.right_step();
}

TEST(BadStep, PutAfterItsCommit) {
  Scene scene;
  for (const std::set<int>& culprits : culprits()) {
    auto step = scene.run.step(scene.next_time());
    step.put(scene.field, scene.blocks);
    EXPECT_NO_THROW(step.commit());
    if (scene.is(culprits)) step.put_box(scene.field, scene.own_box());
    auto next = scene.run.step(scene.next_time());
    next.put(scene.field, scene.blocks);
    expect_error({ErrorCode::wrong_order,
                  {"field 'field'", "outside a step", "Run::step", name_of(culprits)},
                  culprits},
                 [&] { next.commit(); });
    scene.right_step();
  }
}

TEST(BadStep, ScalarAfterItsCommit) {
  Scene scene;
  for (const std::set<int>& culprits : culprits()) {
    auto step = scene.run.step(scene.next_time());
    step.put(scene.field, scene.blocks);
    EXPECT_NO_THROW(step.commit());
    if (scene.is(culprits)) step.raw().scalar("late", 1);
    // The next collective call throws it, also when it is another one than a commit.
    expect_error({ErrorCode::wrong_order, {"scalar 'late'", "outside a step", name_of(culprits)}, culprits},
                 [&] { scene.run.raw().attribute("never_there", 1); });
    scene.right_step();
  }
}

TEST(BadStatic, PutTwice) {
  Scene scene;
  const auto once = scene.run.field<float>("once", Grid{scene_shape}, {.time_dependent = false});
  auto statics = scene.run.statics();
  statics.put(once, scene.blocks);
  EXPECT_NO_THROW(statics.commit());
  for (const std::set<int>& culprits : culprits()) {
    {
      auto step = scene.run.step(scene.next_time());
      step.put(scene.field, scene.blocks);
      if (scene.is(culprits)) step.put_box(once, scene.own_box());
      expect_error({ErrorCode::wrong_order,
                    {"field 'once'", "committed before", "put it once", name_of(culprits)},
                    culprits},
                   [&] { step.commit(); });
    }
    scene.right_step();
  }
}

TEST(BadStatic, TimeDependentFieldInStatics) {
  Scene scene;
  const auto once = scene.run.field<float>("once", Grid{scene_shape}, {.time_dependent = false});
  for (const std::set<int>& culprits : culprits()) {
    {
      auto step = scene.run.statics();
      step.put_box(once, scene.own_box());
      if (scene.is(culprits)) step.put_box(scene.field, scene.own_box());
      expect_error({ErrorCode::wrong_order,
                    {"field 'field'", "time-dependent", "Run::step", name_of(culprits)},
                    culprits},
                   [&] { step.commit(); });
    }
    scene.right_step();
  }
  auto step = scene.run.statics();
  step.put(once, scene.blocks);
  EXPECT_NO_THROW(step.commit());
}

TEST(BadStep, FieldOfAnotherRun) {
  Scene scene;
  auto other = scene.file.run("other");
  const auto field = other.field<double>("elsewhere", Grid{scene_shape});
  scene.refuse_put({ErrorCode::wrong_order, {"field 'elsewhere' of run 'other'", "run 'run'", "its own run"}},
                   [&](TestStep& step) { step.put_box(field, scene.own_box()); });
}

TEST(BadStep, FieldOfNoRun) {
  Scene scene;
  scene.refuse_put({ErrorCode::invalid_argument, {"belongs to no run", "Run::field"}}, [&](TestStep& step) {
    const double value = 0;
    step.raw().put(tessera::Field<double>(), scene.own_box(), &value);
  });
}

/// For each group of culprits: they give a wrong scalar, the others nothing.
void refuse_scalar(Scene& scene, Wanted wanted, const std::string& name) {
  scene.refuse_put(wanted, [&](TestStep& step) {
    step.put_box(scene.field, scene.own_box());
    step.raw().scalar(name, 1);
  });
}

TEST(BadScalar, NameIsEmptyOrHasASlash) {
  Scene scene;
  refuse_scalar(scene, {ErrorCode::invalid_argument, {"scalar name ''", "is empty"}}, "");
  refuse_scalar(scene, {ErrorCode::invalid_argument, {"scalar name 'a/b'", "slash"}}, "a/b");
}

TEST(BadScalar, NameIsInUse) {
  Scene scene;
  for (const char* name : {"field", "x", "z", "time"}) {
    refuse_scalar(scene, {ErrorCode::name_in_use, {"scalar '" + std::string(name) + "'", "in use", "choose another"}},
                  name);
  }
}

TEST(BadScalar, GivenTwiceInOneStep) {
  Scene scene;
  scene.refuse_put({ErrorCode::name_in_use, {"scalar 'twice'", "given twice"}}, [&](TestStep& step) {
    step.put_box(scene.field, scene.own_box());
    step.raw().scalar("twice", 1);
    step.raw().scalar("twice", 1);
  });
}

TEST(BadScalar, InStatics) {
  Scene scene;
  const auto once = scene.run.field<float>("once", Grid{scene_shape}, {.time_dependent = false, .fill = 0.0f});
  for (const std::set<int>& culprits : culprits()) {
    {
      auto step = scene.run.statics();
      step.put_box(once, scene.own_box());
      if (scene.is(culprits)) step.raw().scalar("scalar", 1);
      expect_error({ErrorCode::wrong_order,
                    {"scalar 'scalar'", "without a point in time", name_of(culprits)},
                    culprits},
                   [&] { step.commit(); });
    }
    scene.right_step();
  }
}

TEST(BadScalar, DiffersBetweenRanks) {
  Scene scene;
  for (int culprit = 0; scene.file.size() > 1 && culprit < scene.file.size(); ++culprit) {
    const auto refuse = [&](const std::vector<std::string>& words, auto&& give) {
      {
        auto step = scene.run.step(scene.next_time());
        step.put(scene.field, scene.blocks);
        give(step.raw(), scene.file.rank() == culprit);
        Wanted wanted{ErrorCode::ranks_disagree, words};
        wanted.words.push_back(name_of_those_against_root(culprit));
        expect_error(wanted, [&] { step.commit(); });
      }
      scene.right_step();
    };
    refuse({"scalar 'residual' is 0." + std::string(culprit == 0 ? "25" : "5") + " here", "broadcast it"},
           [](tessera::Step& step, bool is_culprit) { step.scalar("residual", is_culprit ? 0.5 : 0.25); });
    // What one rank alone knows: the error names the way to say so.
    const std::string where = culprit == 0 ? "here and not on rank 0" : "on rank 0 and not here";
    refuse({"scalar 'residual' was given " + where, "std::optional", "std::nullopt"},
           [](tessera::Step& step, bool is_culprit) {
             if (!is_culprit) step.scalar("residual", 0.25);
           });
    refuse({"scalar 'residual'", "of one rank (std::optional)"}, [](tessera::Step& step, bool is_culprit) {
      if (is_culprit) step.scalar("residual", 0.25);
      else step.scalar("residual", std::nullopt);
    });
  }
}

TEST(BadScalar, NotANumberOnEveryRankIsKept) {
  Scene scene;
  auto step = scene.run.step(scene.next_time());
  step.put(scene.field, scene.blocks);
  step.scalar("residual", std::nan(""));
  EXPECT_NO_THROW(step.commit());
}

}  // namespace
