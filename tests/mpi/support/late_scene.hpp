#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "support/engine.hpp"
#include "support/scene.hpp"
#include "support/stall.hpp"

/// \file
/// Where the tests of ranks that are missing take place: a file with a time limit, whose writer is at its end
/// afterwards.

namespace tessera_test {

/// Seconds, as short as four ranks on a busy machine allow.
inline constexpr double limit = 0.8;
/// Until all have given up: the limit, the time to answer, and what a busy machine takes.
inline constexpr double all_gone = limit + 5;
/// "at once"
inline constexpr double at_once = 0.4;

inline std::string rank(int number) { return "rank " + std::to_string(number); }

/// A file with committed steps and a limit.
class LateScene {
 public:
  explicit LateScene(const std::string& suffix = "", int committed = 1, double seconds = limit)
      : file({.rank_timeout = seconds}, suffix), run(file.run("run", {{"note", "kept"}})),
        field(run.field<double>("field", tessera::Grid{scene_shape})) {
    for (int n = 0; n < committed; ++n) step(n).commit();
  }
  /// The writer can do no more; what is in the file is compared with the manifest later.
  ~LateScene() {
    const double begin = MPI_Wtime();
    file.drop_writer();
    EXPECT_LT(MPI_Wtime() - begin, at_once);
    file.expected().depends_on_rank_count = true;
    file.write_manifest();
  }
  /// For a scene in which nothing happened.
  void close() {
    EXPECT_NO_THROW(file.raw().close());
    file.expected().closed = true;
  }
  TestStep step(double time) {
    auto step = run.step(time);
    step.put(field, bricks(scene_shape, file.size()), {.halo = {{1}, {1}}});
    return step;
  }
  /// Every further call throws the same error at once.
  void expect_dead(const Thrown& error) {
    const auto again = [&](auto&& call) {
      const Thrown thrown = thrown_by(call);
      EXPECT_EQ(thrown.what, error.what);
      EXPECT_EQ(thrown.code, error.code);
      EXPECT_LT(thrown.seconds, at_once);
    };
    again([&] { file.raw().run("other"); });
    again([&] { run.raw().attribute("other", 1); });
    again([&] { run.raw().field<double>("other", tessera::Grid{scene_shape}); });
    again([&] { file.raw().close(); });
    again([&] { file.raw().close(); });
    EXPECT_EQ(thrown_by([&] { run.raw().step(7); }).code, static_cast<int>(tessera::ErrorCode::wrong_order));
  }

  TestFile file;
  TestRun run;
  TestField<double> field;
};

/// Collective operations that the commit begins which follows `committed` others: with 0 it plans, else it does not.
inline int operations_of_commit(int committed) {
  if (world_size() == 1 || is_collective()) return 0;  // nobody to wait for; HDF5's own operations cannot be given up
  LateScene scene(".count", committed);
  const std::size_t before = collectives_begun();
  scene.step(committed).commit();
  const std::size_t operations = collectives_begun() - before;
  scene.close();
  return static_cast<int>(operations);
}

/// Rank `late` stops before the n-th of these operations, and the others give up. The last one is rank 0's answer, for
/// which ranks do not need each other: they may miss the late one in the next call only.
inline void stalls_in_the_middle(int committed, int n, int operations, int late) {
  LateScene scene("." + std::to_string(committed) + "." + std::to_string(n) + "." + std::to_string(late), committed);
  Stall stall(late, n);
  auto step = scene.step(committed);
  const Thrown thrown = thrown_by([&] {
    step.raw().commit();
    if (n == operations) scene.run.raw().attribute("next", 1);
  });
  EXPECT_LT(thrown.seconds, all_gone);
  stall.release();
  EXPECT_TRUE(!stall.is_here() || stall.has_stalled());
  // Rank 0 gathers, publishes, and tells: where it is missing in one of the last two, the others cannot know.
  const bool is_published = n == operations;
  std::string file = "holds the committed steps, and";
  if (late == 0 && n >= operations - 1) file = "holds the committed steps, perhaps this one too, and";
  const std::string what = n == 1 ? " did not arrive" : " began it but did not go on";
  std::vector<std::string> words{"commit of step " + std::to_string(committed) + " of run 'run': " + rank(late) + what +
                                     " within 0.8 s",
                                 file};
  if (is_published && late != 0) words = {rank(late), "within 0.8 s"};
  expect_same_error(thrown, {tessera::ErrorCode::rank_missing, words, {late}});
  scene.expect_dead(thrown);
  if (is_published) step.keep_book();
}

}  // namespace tessera_test
