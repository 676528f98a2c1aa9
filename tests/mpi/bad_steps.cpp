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

TEST(BadTime, DiffersBetweenRanks) {
  Scene scene;
  for (int culprit = 0; scene.file.size() > 1 && culprit < scene.file.size(); ++culprit) {
    const double time = scene.next_time();
    {
      auto step = scene.run.step(scene.file.rank() == culprit ? time + 0.25 : time);
      step.put(scene.field, scene.blocks);
      expect_error({ErrorCode::ranks_disagree,
                    {"(time " + std::to_string(static_cast<int>(time)) + ")", ".25)", "run 'run'",
                     "rank " + std::to_string(culprit)}},
                   [&] { step.commit(); });
    }
    scene.right_step();
  }
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
    expect_error({ErrorCode::wrong_order, {"field 'field'", "outside a step", "Run::step", name_of(culprits)},
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
      expect_error({ErrorCode::wrong_order, {"field 'once'", "committed before", "put it once", name_of(culprits)},
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
      expect_error({ErrorCode::wrong_order, {"field 'field'", "time-dependent", "Run::step", name_of(culprits)},
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
      expect_error({ErrorCode::wrong_order, {"scalar 'scalar'", "without a point in time", name_of(culprits)},
                    culprits},
                   [&] { step.commit(); });
    }
    scene.right_step();
  }
}

TEST(BadScalar, DiffersBetweenRanks) {
  Scene scene;
  for (int culprit = 0; scene.file.size() > 1 && culprit < scene.file.size(); ++culprit) {
    {
      auto step = scene.run.step(scene.next_time());
      step.put(scene.field, scene.blocks);
      step.raw().scalar("residual", scene.file.rank() == culprit ? 0.5 : 0.25);
      expect_error({ErrorCode::ranks_disagree, {"residual 0.5", "residual 0.25", "rank " + std::to_string(culprit)}},
                   [&] { step.commit(); });
    }
    {
      auto step = scene.run.step(scene.next_time());
      step.put(scene.field, scene.blocks);
      if (scene.file.rank() != culprit) step.raw().scalar("residual", 0.25);
      expect_error({ErrorCode::ranks_disagree, {"residual 0.25", "rank " + std::to_string(culprit)}},
                   [&] { step.commit(); });
    }
    scene.right_step();
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
