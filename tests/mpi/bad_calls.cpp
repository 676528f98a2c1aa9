#include <gtest/gtest.h>

#include "support/scene.hpp"

/// \file
/// Calls in another order on some rank, one too many, one too few; after close(); on handles that were moved from.

using namespace tessera_test;
using tessera::ErrorCode;
using tessera::Grid;

namespace {

const Grid plain_grid{scene_shape};

/// The test of one culprit after the other; with a single rank there is nobody to disagree with.
template <class Body>
void each_culprit(const Scene& scene, Body&& body) {
  for (int culprit = 0; scene.file.size() > 1 && culprit < scene.file.size(); ++culprit) body(culprit);
}

TEST(RanksDisagree, AboutTheOrderOfTwoDefinitions) {
  Scene scene;
  scene.refuse_disagreement({ErrorCode::ranks_disagree, {"field('a'", "field('b'", "the same order"}},
                            [&](bool differs) {
                              scene.define<double>(differs ? "b" : "a", plain_grid);
                              scene.define<double>(differs ? "a" : "b", plain_grid);
                            });
}

TEST(RanksDisagree, AboutWhichCallComesNext) {
  Scene scene;
  scene.refuse_disagreement({ErrorCode::ranks_disagree, {"attribute('a' of run 'run', 1)", "run('other'"}},
                            [&](bool differs) {
                              if (differs) scene.file.raw().run("other");
                              else scene.run.raw().attribute("a", 1);
                            });
}

TEST(RanksDisagree, WhenOneMakesAnExtraCallWhileTheOthersCommit) {
  Scene scene;
  each_culprit(scene, [&](int culprit) {
    {
      auto step = scene.run.step(scene.next_time());
      step.put(scene.field, scene.blocks);
      expect_error({ErrorCode::ranks_disagree, {"attribute('extra' of run 'run', 1)", "commit of step"}}, [&] {
        if (scene.file.rank() == culprit) scene.run.raw().attribute("extra", 1);
        else step.commit();
      });
    }
    scene.right_step();
  });
}

TEST(RanksDisagree, WhenOneCommitsAnotherRunsStep) {
  Scene scene;
  auto other = scene.file.run("other");
  each_culprit(scene, [&](int culprit) {
    {
      auto step = (scene.file.rank() == culprit ? other : scene.run).raw().step(scene.next_time());
      step.scalar("scalar", 1);
      expect_error({ErrorCode::ranks_disagree, {"of run 'run'", "of run 'other'"}}, [&] { step.commit(); });
    }
    scene.right_step();
  });
}

/// It waits in close() while the others commit. Nobody's file is closed; afterwards all can go on.
TEST(RanksDisagree, WhenOneClosesWhileTheOthersCommit) {
  Scene scene;
  each_culprit(scene, [&](int culprit) {
    {
      auto step = scene.run.step(scene.next_time());
      step.put(scene.field, scene.blocks);
      expect_error({ErrorCode::ranks_disagree, {"close() of '", "commit of step", "rank " + std::to_string(culprit)}},
                   [&] {
                     if (scene.file.rank() == culprit) scene.file.raw().close();
                     else step.commit();
                   });
    }
    scene.right_step();
  });
}

/// One rank has made a call too few: its close() meets the others' last call, theirs meets its second attempt.
TEST(RanksDisagree, WhenOneMakesACallTooFewAndCloses) {
  for (int culprit = 0; world_size() > 1 && culprit < world_size(); ++culprit) {
    TestFile file({}, "." + std::to_string(culprit));
    auto run = file.run("run");
    const auto field = run.field<double>("field", plain_grid);
    auto step = run.step(0);
    step.put(field, slabs(scene_shape, file.size()));
    EXPECT_NO_THROW(step.commit());
    expect_error({ErrorCode::ranks_disagree, {"close() of '", "attribute('last' of run 'run', 1)"}}, [&] {
      if (file.rank() != culprit) run.raw().attribute("last", 1);
      else file.raw().close();
    });
    EXPECT_NO_THROW(file.close());
    // Its content does not depend on the number of ranks, but how many of these files there are does.
    file.expected().depends_on_rank_count = true;
    file.write_manifest();
  }
}

TEST(AfterClose, EveryCallSaysSo) {
  TestFile file;
  auto run = file.run("run");
  const auto field = run.field<double>("field", plain_grid);
  auto step = run.step(0);
  step.put(field, slabs(scene_shape, file.size()));
  step.commit();
  auto open = run.step(1);
  open.put(field, slabs(scene_shape, file.size()));
  file.close();

  const double value = 0;
  const tessera::Box box = slabs(scene_shape, file.size())[static_cast<std::size_t>(file.rank())][0];
  const Wanted wanted{ErrorCode::wrong_order, {"after the writer of '", file.path(), "was closed", "before close()"}};
  expect_error(wanted, [&] { file.raw().run("other"); });
  expect_error(wanted, [&] { file.raw().root(); });
  expect_error(wanted, [&] { run.raw().field<double>("other", plain_grid); });
  expect_error(wanted, [&] { run.raw().attribute("other", 1); });
  expect_error(wanted, [&] { run.raw().scalar("other", {}); });
  expect_error(wanted, [&] { run.raw().step(2); });
  expect_error(wanted, [&] { run.raw().statics(); });
  expect_error(wanted, [&] { open.raw().put(field.handle, box, &value); });
  expect_error(wanted, [&] { open.raw().scalar("other", 1); });
  expect_error(wanted, [&] { open.commit(); });
  EXPECT_NO_THROW(file.raw().close());
  EXPECT_NE(file.raw().explain().find("/run/field"), std::string::npos);
  EXPECT_EQ(run.raw().name(), "run");
}

TEST(MovedFrom, WriterAndStep) {
  Scene scene;
  tessera::Writer writer = std::move(scene.file.raw());
  const Wanted wanted{ErrorCode::wrong_order, {"moved from", "use the new one"}};
  expect_error(wanted, [&] { scene.file.raw().run("other"); });
  expect_error(wanted, [&] { scene.file.raw().close(); });
  expect_error(wanted, [&] { scene.file.raw().explain(); });
  scene.file.raw() = std::move(writer);

  auto step = scene.run.step(scene.next_time());
  step.put(scene.field, scene.blocks);
  tessera::Step moved = std::move(step.raw());
  const double value = 0;
  expect_error(wanted, [&] { step.raw().put(scene.field.handle, scene.own_box(), &value); });
  expect_error(wanted, [&] { step.raw().scalar("s", 1); });
  expect_error(wanted, [&] { step.raw().commit(); });
  step.raw() = std::move(moved);
  EXPECT_NO_THROW(step.commit());
}

TEST(MovedFrom, Run) {
  Scene scene;
  tessera::Run moved = std::move(scene.run.raw());
  const Wanted wanted{ErrorCode::wrong_order, {"moved from", "use the new one"}};
  expect_error(wanted, [&] { scene.run.raw().field<double>("other", plain_grid); });
  expect_error(wanted, [&] { scene.run.raw().attribute("a", 1); });
  expect_error(wanted, [&] { scene.run.raw().scalar("s", {}); });
  expect_error(wanted, [&] { scene.run.raw().step(5); });
  expect_error(wanted, [&] { scene.run.raw().statics(); });
  EXPECT_EQ(scene.run.raw().name(), "");
  scene.run.raw() = std::move(moved);
  scene.right_step();
}

/// Handles keep what they need: a run and a field outlive the variable of their writer.
TEST(MovedFrom, NotTheHandlesOfAWriterThatMoved) {
  Scene scene;
  auto writer = std::make_unique<tessera::Writer>(std::move(scene.file.raw()));
  scene.right_step();
  scene.file.raw() = std::move(*writer);
  writer.reset();
  scene.right_step();
}

}  // namespace
