#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "support/scene.hpp"

/// \file
/// Writers that are destroyed without close(), on all ranks and on one: nothing is published but the committed steps,
/// one rank prints one line, and nobody waits for ever.

using namespace tessera_test;
using tessera::ErrorCode;

namespace {

/// What the library prints on this rank's standard error while it lives.
class StandardError {
 public:
  StandardError() { testing::internal::CaptureStderr(); }
  /// Number of warnings that mention `path`, on all ranks together. Collective.
  int warnings(const std::string& path) {
    const std::string text = testing::internal::GetCapturedStderr();
    int lines = static_cast<int>(std::count(text.begin(), text.end(), '\n'));
    if (lines > 0 && text.find("tessera: warning: the writer of '" + path + "'") == std::string::npos) lines = 1000;
    MPI_Allreduce(MPI_IN_PLACE, &lines, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    return lines;
  }
};

/// A file with two committed steps, an open step, and definitions that no commit brought into it.
class Unclosed {
 public:
  explicit Unclosed(const std::string& suffix = "")
      : file_({}, suffix), run_(file_.run("run", {{"note", "kept"}})),
        field_(run_.field<double>("field", {scene_shape})) {
    for (int n = 0; n < 2; ++n) {
      auto step = begin(n);
      step.commit();
    }
    file_.raw().run("never_committed");
    run_.raw().attribute("never_committed", 1);
    open_.emplace(begin(2));
  }
  TestStep begin(double time) {
    auto step = run_.step(time);
    step.put(field_, slabs(scene_shape, file_.size()), {.halo = {{1}, {1}}});
    return step;
  }
  void drop_writer() { file_.drop_writer(); }
  tessera::Writer& writer() { return file_.raw(); }
  tessera::Run& run() { return run_.raw(); }
  TestStep& open_step() { return *open_; }
  const std::string& path() const { return file_.path(); }
  void write_manifest() { file_.write_manifest(); }
  int rank() const { return file_.rank(); }
  int size() const { return file_.size(); }

 private:
  TestFile file_;
  TestRun run_;
  TestField<double> field_;
  std::optional<TestStep> open_;
};

/// One rank destroys its writer, the others make a call, which has to fail on all of them in the same way.
template <class Call>
void one_leaves(const std::string& suffix, int leaver, Call&& call) {
  Unclosed unclosed(suffix);
  StandardError standard_error;
  if (unclosed.rank() == leaver) unclosed.drop_writer();
  const auto thrown = thrown_by([&] {
    if (unclosed.rank() == leaver) {
      throw tessera::Error(ErrorCode::abandoned, "left", {leaver});
    }
    call(unclosed);
  });
  EXPECT_EQ(thrown.code, static_cast<int>(ErrorCode::abandoned)) << thrown.what;
  EXPECT_EQ(thrown.ranks, std::vector{leaver});
  if (unclosed.rank() != leaver) {
    EXPECT_NE(thrown.what.find("rank " + std::to_string(leaver) + " of "), std::string::npos) << thrown.what;
    EXPECT_NE(thrown.what.find("call close() on every rank"), std::string::npos) << thrown.what;
    EXPECT_LT(thrown.seconds, 5);
    // The writer is closed now; its destructor has nothing to say.
    EXPECT_EQ(thrown_by([&] { unclosed.run().attribute("late", 1); }).code, static_cast<int>(ErrorCode::wrong_order));
    EXPECT_NO_THROW(unclosed.writer().close());
    unclosed.drop_writer();
  }
  EXPECT_EQ(standard_error.warnings(unclosed.path()), 1);
  unclosed.write_manifest();
}

TEST(Abandoned, ByAllRanks) {
  Unclosed unclosed;
  StandardError standard_error;
  unclosed.drop_writer();
  EXPECT_EQ(standard_error.warnings(unclosed.path()), 1);
  unclosed.write_manifest();
}

TEST(Abandoned, ByAllRanksWhenAnotherWriterIsAssigned) {
  Unclosed first(".first");
  Unclosed second(".second");
  StandardError standard_error;
  first.writer() = std::move(second.writer());
  EXPECT_EQ(standard_error.warnings(first.path()), 1);
  first.write_manifest();
  StandardError again;
  first.drop_writer();
  EXPECT_EQ(again.warnings(second.path()), 1);
  second.write_manifest();
}

TEST(Abandoned, ByAllRanksBeforeTheFirstCommit) {
  TestFile file;
  file.raw().run("never_committed");
  StandardError standard_error;
  file.drop_writer();
  EXPECT_EQ(standard_error.warnings(file.path()), 1);
  file.write_manifest();
}

TEST(Abandoned, ByAllRanksAfterARefusedCommit) {
  Unclosed unclosed;
  const double value = 0;
  tessera::Field<double> no_field;
  unclosed.open_step().raw().put(no_field, {{0}, {1}}, &value);
  EXPECT_THROW(unclosed.open_step().raw().commit(), tessera::Error);
  StandardError standard_error;
  unclosed.drop_writer();
  EXPECT_EQ(standard_error.warnings(unclosed.path()), 1);
  unclosed.write_manifest();
}

TEST(Abandoned, NoWarningAfterClose) {
  StandardError standard_error;
  { Scene scene; }
  EXPECT_EQ(standard_error.warnings("any"), 0);
}

TEST(Abandoned, ByOneRankWhileTheOthersCommit) {
  for (int leaver = 0; world_size() > 1 && leaver < world_size(); ++leaver) {
    one_leaves("." + std::to_string(leaver), leaver, [](Unclosed& unclosed) { unclosed.open_step().raw().commit(); });
  }
}

TEST(Abandoned, ByOneRankWhileTheOthersDefine) {
  if (world_size() == 1) return;  // nobody is left to define
  one_leaves(".run", 0, [](Unclosed& unclosed) { unclosed.writer().run("other"); });
  one_leaves(".attribute", 1, [](Unclosed& unclosed) { unclosed.run().attribute("other", 1); });
}

TEST(Abandoned, ByOneRankWhileTheOthersClose) {
  for (int leaver = 0; world_size() > 1 && leaver < world_size(); ++leaver) {
    one_leaves("." + std::to_string(leaver), leaver, [](Unclosed& unclosed) { unclosed.writer().close(); });
  }
}

TEST(Abandoned, ByOneRankWhileTheOthersDestroyTheirs) {
  Unclosed unclosed;
  StandardError standard_error;
  if (unclosed.rank() == 0) usleep(300 * 1000);
  unclosed.drop_writer();
  EXPECT_EQ(standard_error.warnings(unclosed.path()), 1);
  unclosed.write_manifest();
}

/// The usual way: something else fails on one rank, and the exception passes the writer.
TEST(Abandoned, ByAnExceptionOnOneRank) {
  if (world_size() == 1) return;
  const std::string path = output_path();
  StandardError standard_error;
  std::string message;
  try {
    tessera::Writer writer(MPI_COMM_WORLD, path, {.overwrite = true});
    auto run = writer.run("run");
    auto step = run.step(0);
    step.scalar("scalar", 1);
    if (world_rank() == 1) throw std::runtime_error("the solver diverged");
    step.commit();
    writer.close();
  } catch (const std::exception& error) {
    message = error.what();
  }
  const std::string wanted = world_rank() == 1 ? "the solver diverged" : "rank 1 of " + std::to_string(world_size());
  EXPECT_EQ(message.substr(0, wanted.size()), wanted);
  EXPECT_EQ(standard_error.warnings(path), 1);
  EXPECT_TRUE(std::filesystem::exists(path));
}

/// The others come when the destructor has stopped waiting for them (5 s). Slow; once is enough.
TEST(Abandoned, ByOneRankLongBeforeTheOthersCome) {
  if (world_size() != 3) return;  // run with three ranks, of which two go on
  Unclosed unclosed;
  StandardError standard_error;
  const double begin = MPI_Wtime();
  if (unclosed.rank() == 1) {
    unclosed.drop_writer();
    EXPECT_LT(MPI_Wtime() - begin, 8);
  } else {
    usleep(6500 * 1000);
    const auto thrown = thrown_by([&] { unclosed.open_step().raw().commit(); });
    EXPECT_EQ(thrown.code, static_cast<int>(ErrorCode::abandoned)) << thrown.what;
    EXPECT_LT(thrown.seconds, 8);
    unclosed.drop_writer();
  }
  EXPECT_EQ(standard_error.warnings(unclosed.path()), 1);
  unclosed.write_manifest();
}

}  // namespace
