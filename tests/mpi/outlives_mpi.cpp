#include <gtest/gtest.h>
#include <mpi.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include <tessera/finish.hpp>
#include <tessera/reader.hpp>

#include "support/scene.hpp"
#include "support/slow_files.hpp"

/// \file
/// Writers that are destroyed late: after MPI_Finalize, when the program ends, in a process that was forked off. The
/// committed steps are in the file, and the program ends in order. Each test ends MPI, so it is a program run of its
/// own.

using namespace tessera_test;
using tessera::ErrorCode;

namespace {

/// A file with three committed steps, an open one, and fields in chunks that ranks share.
class Unclosed {
 public:
  explicit Unclosed(const tessera::Options& options = {})
      : file_(options), run_(file_.run("run")),
        field_(run_->field<double>("field", {scene_shape}, {.fill = -1, .chunk = {3, 5, 4}})) {
    for (int n = 0; n < 3; ++n) commit();
    open();
  }
  void open() { open_.emplace(begin()); }
  void commit() { begin().commit(); }
  TestStep begin() {
    auto step = run_->step(time_ += 1);
    step.put(field_, interleaved(scene_shape, file_.size(), 0));
    return step;
  }
  TestFile& file() { return file_; }
  TestRun& run() { return *run_; }
  TestStep& open_step() { return *open_; }
  void drop_step() { open_.reset(); }
  /// Of all handles.
  void let_go() {
    drop_step();
    run_.reset();
    file_.drop_writer();
  }

 private:
  TestFile file_;
  std::optional<TestRun> run_;
  TestField<double> field_;
  std::optional<TestStep> open_;
  double time_ = 0;
};

/// Says once, on rank 0, that close() is missing.
template <class Destroy>
void expect_one_warning(const std::string& path, int rank, Destroy&& destroy, int steps = 3) {
  testing::internal::CaptureStderr();
  destroy();
  const std::string printed = testing::internal::GetCapturedStderr();
  const std::string warning = "tessera: warning: the writer of '" + path +
                              "' was destroyed without close(); the file "
                              "keeps the " +
                              std::to_string(steps) + " committed steps, nothing else was added\n";
  EXPECT_EQ(printed, rank == 0 ? warning : "");
}

void outlives_mpi(const tessera::Options& options) {
  Unclosed unclosed(options);
  unclosed.file().write_manifest();
  const tessera::Finish finish(MPI_COMM_WORLD);
  MPI_Finalize();
  expect_one_warning(unclosed.file().path(), unclosed.file().rank(), [&] { unclosed.file().drop_writer(); });
}

TEST(OutlivesMpi, InAScope) { outlives_mpi({}); }

/// MPI_Finalize waits for the thread that publishes the last step.
TEST(OutlivesMpi, WhatAThreadPublishes) {
  const SlowFiles files(std::chrono::milliseconds(100));
  Unclosed unclosed({.publish_by = tessera::PublishBy::thread_alone});
  unclosed.drop_step();
  SlowFiles::writes = 1;
  unclosed.begin().commit_async();
  MPI_Finalize();
  EXPECT_EQ(unclosed.file().raw().in_flight(), 0u);
  unclosed.file().write_manifest();
  expect_one_warning(
      unclosed.file().path(), unclosed.file().rank(), [&] { unclosed.file().drop_writer(); }, 4);
}

TEST(OutlivesMpi, WhenItIsPowerSafe) { outlives_mpi({.durability = tessera::Durability::power_safe}); }

/// The exception passes the guard that ends MPI before it passes the writer.
TEST(OutlivesMpi, InStackUnwinding) {
  struct Guard {
    ~Guard() { MPI_Finalize(); }
  };
  std::string path = output_path();
  const int rank = world_rank();
  testing::internal::CaptureStderr();
  EXPECT_THROW(
      {
        Unclosed unclosed;
        unclosed.file().write_manifest();
        const Guard guard;
        throw std::runtime_error("the solver diverged");
      },
      std::runtime_error);
  const std::string printed = testing::internal::GetCapturedStderr();
  EXPECT_EQ(printed.find("tessera: warning: the writer of '" + path) == 0, rank == 0) << printed;
}

std::optional<Unclosed> of_the_program;

/// Its destructor comes after those handlers that HDF5 has for the end of the program.
TEST(OutlivesMpi, InStaticStorage) {
  of_the_program.emplace();
  of_the_program->file().write_manifest();
  MPI_Finalize();
}

/// What a forked process does with the writer of its parent.
template <class Child>
void in_a_child(const Child& child) {
  std::fflush(nullptr);
  const pid_t process = fork();
  ASSERT_GE(process, 0);
  if (process == 0) child();
  int status = 0;
  ASSERT_EQ(waitpid(process, &status, 0), process);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

void lets_go_silently(const std::function<void()>& leave, const tessera::Options& options = {}) {
  const SlowFiles files(std::chrono::milliseconds(300));
  Unclosed unclosed(options);
  if (options.publish_by != tessera::PublishBy::next_call) {
    unclosed.drop_step();
    SlowFiles::writes = 1;
    unclosed.begin().commit_async();
    unclosed.open();
  }
  auto finish = std::make_unique<tessera::Finish>(MPI_COMM_WORLD);
  in_a_child([&] {
    testing::internal::CaptureStderr();
    const bool is_refused =
        thrown_by([&] { unclosed.open_step().raw().commit(); }).code == static_cast<int>(ErrorCode::wrong_order) &&
        thrown_by([&] { unclosed.file().raw().close(); }).code == static_cast<int>(ErrorCode::wrong_order) &&
        thrown_by([&] { finish->should_finish(); }).code == static_cast<int>(ErrorCode::wrong_order);
    finish.reset();
    unclosed.drop_step();
    unclosed.file().drop_writer();
    const bool is_silent = testing::internal::GetCapturedStderr().empty();
    if (!is_refused || !is_silent) _exit(1);
    leave();
  });
  EXPECT_NO_THROW(finish->should_finish());
  finish.reset();
  EXPECT_NO_THROW(unclosed.open_step().commit());
  EXPECT_NO_THROW(unclosed.commit());
  EXPECT_NO_THROW(unclosed.file().close());
  MPI_Finalize();
}

TEST(OutlivesMpi, InAChild) {
  lets_go_silently([] { _exit(0); });
}

/// The thread that publishes is its parent's.
TEST(OutlivesMpi, InAChildOfAThreadedWriter) {
  lets_go_silently([] { _exit(0); }, {.publish_by = tessera::PublishBy::thread_alone});
}

/// There is none to wait for either when it has nothing to do.
TEST(OutlivesMpi, InAChildOfAThreadedWriterThatWasClosed) {
  Unclosed unclosed({.publish_by = tessera::PublishBy::thread_alone});
  unclosed.open_step().commit_async();
  unclosed.file().close();
  in_a_child([&] {
    alarm(20);
    unclosed.let_go();
    _exit(0);
  });
  MPI_Finalize();
}

/// With HDF5's handlers for the end of the program.
TEST(OutlivesMpi, InAChildThatExits) {
  lets_go_silently([] { std::exit(0); });
}

/// A reader that was not closed says nothing: it has nothing to lose. A child's lets go of its parent's likewise.
TEST(OutlivesMpi, AReader) {
  Unclosed unclosed;
  unclosed.open_step().commit();
  unclosed.file().close();
  std::optional<tessera::Reader> in(std::in_place, MPI_COMM_WORLD, unclosed.file().path());
  in_a_child([&] {
    in.reset();
    std::exit(0);
  });
  EXPECT_EQ(in->run("run").steps(), 4);
  EXPECT_FALSE(in->refresh());  // collective: a child took nothing away
  MPI_Finalize();
  testing::internal::CaptureStderr();
  in.reset();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace

int main(int argc, char** argv) {
  int provided = 0;
  const int wanted = std::getenv("TESSERA_TEST_MPI_THREADS") != nullptr ? MPI_THREAD_MULTIPLE : MPI_THREAD_FUNNELED;
  MPI_Init_thread(&argc, &argv, wanted, &provided);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
