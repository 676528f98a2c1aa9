#include <gtest/gtest.h>

#include <cstdlib>

#include "support/engine.hpp"
#include "support/scene.hpp"

/// \file
/// Commits that fail leave nothing behind but what the engine has in the file already: names are free again, and later
/// commits and close() work.

using namespace tessera_test;
using tessera::ErrorCode;
using tessera::Grid;

namespace {

/// A step with what `more` adds, which fails on the last rank when its data is read.
template <class More>
void failing_step(Scene& scene, More&& more) {
  auto step = scene.run.step(scene.next_time());
  if (scene.file.rank() == scene.file.size() - 1) {
    const auto array =
        filled_array<double>(scene.own_box(), {}, 1, 1, 1).with_host_copy([]() -> std::shared_ptr<const double> {
          throw std::runtime_error("the device is gone");
        });
    step.raw().put(scene.field.handle, scene.own_box(), array);
  } else {
    step.put(scene.field, scene.blocks);
  }
  more(step.raw());
  expect_error({ErrorCode::internal, {"the device is gone"}}, [&] { step.raw().commit(); });
}

/// With the collective engine its dataset is there and reads NaN.
void expect_ghost(Scene& scene, const std::string& name) {
  if (is_collective()) scene.file.expected().runs.front()->scalars[name] = {};
}

TEST(FailedCommit, LeavesNoScalar) {
  Scene scene;
  failing_step(scene, [](tessera::Step& step) { step.scalar("ghost", 7); });
  expect_ghost(scene, "ghost");
  scene.right_step();
}

TEST(FailedCommit, LeavesNoScalarForCloseToMake) {
  Scene scene;
  failing_step(scene, [](tessera::Step& step) { step.scalar("ghost", 7); });
  expect_ghost(scene, "ghost");
}

TEST(FailedCommit, LeavesTheNameOfItsScalarFree) {
  Scene scene;
  failing_step(scene, [](tessera::Step& step) { step.scalar("ghost", 7); });
  if (is_collective()) {
    expect_ghost(scene, "ghost");
    expect_error({ErrorCode::name_in_use, {"field 'ghost'", "a scalar"}},
                 [&] { scene.run.raw().field<double>("ghost", Grid{scene_shape}, {.fill = 0}); });
    scene.right_step();
    return;
  }
  const auto field = scene.run.field<double>("ghost", Grid{scene_shape}, {.fill = 0});
  auto step = scene.run.step(scene.next_time());
  step.put(scene.field, scene.blocks);
  step.put(field, scene.blocks);
  EXPECT_NO_THROW(step.commit());
}

TEST(FailedCommit, LeavesTheFirstStepOfARunToBeWrittenAgain) {
  Scene scene;
  auto run = scene.file.run("second", {{"n", 1}});
  const auto field = run.field<double>("field", Grid{{5, 6}, {.axes = {"b", "a"}}}, {.components = 2});
  const Blocks blocks = slabs({5, 6}, scene.file.size());
  {
    auto step = run.step(0);
    if (scene.file.rank() == 0) {
      const auto array =
          filled_array<double>(blocks[0][0], {}, 2, 1, 1).with_host_copy([]() -> std::shared_ptr<const double> {
            throw std::runtime_error("the device is gone");
          });
      step.raw().put(field.handle, blocks[0][0], array);
    } else {
      step.put(field, blocks);
    }
    expect_error({ErrorCode::internal, {"the device is gone"}}, [&] { step.raw().commit(); });
  }
  scene.right_step();
  auto step = run.step(0);
  step.put(field, blocks);
  step.scalar("residual", 3);
  EXPECT_NO_THROW(step.commit());
}

/// A name that is free when Step::scalar is called need not be so at the commit: that step alone fails.
TEST(TakenName, BetweenAStepsScalarAndItsCommit) {
  Scene scene;
  {
    auto step = scene.run.step(scene.next_time());
    step.put(scene.field, scene.blocks);
    step.scalar("q", 7);
    const auto field = scene.run.field<double>("q", Grid{scene_shape}, {.fill = 0});
    expect_error({ErrorCode::name_in_use, {"commit of step 1 of run 'run'", "scalar 'q'", "a field", "choose another"}},
                 [&] { step.commit(); });
    scene.right_step();
    auto right = scene.run.step(scene.next_time());
    right.put(scene.field, scene.blocks);
    right.put(field, scene.blocks);
    EXPECT_NO_THROW(right.commit());
  }
  {
    auto step = scene.run.step(scene.next_time());
    step.put(scene.field, scene.blocks);
    step.scalar("r", 7);
    scene.run.scalar("r", {.unit = "J"});  // the same series, now with a unit
    EXPECT_NO_THROW(step.commit());
  }
  scene.right_step();
}

TEST(TakenName, ByTheAxisOfAFieldThatCameBetween) {
  Scene scene;
  auto step = scene.run.step(scene.next_time());
  step.put(scene.field, scene.blocks);
  step.scalar("a", 7);
  scene.run.field<double>("late", Grid{{4}, {.axes = {"a"}}}, {.fill = 0});
  expect_error({ErrorCode::name_in_use, {"scalar 'a'", "an axis of a grid"}}, [&] { step.commit(); });
  scene.right_step();
}

}  // namespace
