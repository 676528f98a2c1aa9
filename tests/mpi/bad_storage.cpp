#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "support/outside.hpp"
#include "support/scene.hpp"

/// \file
/// What others do to a file while it is written, and the limit on file sizes. Faults of the storage itself:
/// tests/fault.

using namespace tessera_test;
using tessera::ErrorCode;

namespace {

namespace fs = std::filesystem;

tessera::Box own_box() { return slabs(scene_shape, world_size())[static_cast<std::size_t>(world_rank())][0]; }

/// A writer whose file gets lost: there is no manifest.
struct LostFile {
  explicit LostFile(const std::string& file)
      : path(file), writer(MPI_COMM_WORLD, file, {.overwrite = true}), run(writer.run("run")),
        field(run.field<double>("field", tessera::Grid{scene_shape})),
        values(static_cast<std::size_t>(own_box().volume()), 1.5) {
    commit();
  }
  void commit() {
    auto step = run.step(time += 1);
    step.put(field, own_box(), values.data());
    step.commit();
  }
  /// Every commit is refused, also the second one, and close() ends the writer.
  void refuse(const std::string& word) {
    for (int i = 0; i < 2; ++i) {
      expect_error({ErrorCode::storage, {path, word, "commit of step 1", "rank 0"}, {0}}, [&] { commit(); });
    }
    thrown_by([&] { writer.close(); });
  }

  std::string path;
  tessera::Writer writer;
  tessera::Run run;
  tessera::Field<double> field;
  std::vector<double> values;
  double time = 0;
};

/// Not in a directory of which check_files.py wants manifests.
std::string lost_path() {
  const std::string directory = output_directory() + "/lost";
  on_first_rank([&] { fs::create_directories(directory); });
  return directory + "/" + testing::UnitTest::GetInstance()->current_test_info()->name() + ".h5";
}

TEST(BadStorage, FileIsRemoved) {
  LostFile lost(lost_path());
  on_first_rank([&] { fs::remove(lost.path); });
  lost.refuse("was removed");
}

TEST(BadStorage, FileIsReplacedByARename) {
  LostFile lost(lost_path());
  on_first_rank([&] {
    std::ofstream(lost.path + ".new") << "another one";
    fs::rename(lost.path + ".new", lost.path);
  });
  lost.refuse("was removed");
  EXPECT_EQ(fs::file_size(lost.path), 11u) << "the other file was written to";
}

TEST(BadStorage, FileIsMovedAndAnotherOneIsInItsPlace) {
  LostFile lost(lost_path());
  on_first_rank([&] {
    fs::rename(lost.path, lost.path + ".kept");
    std::ofstream(lost.path) << "another one";
  });
  lost.refuse("was replaced");
  EXPECT_EQ(fs::file_size(lost.path), 11u) << "the other file was written to";
}

TEST(BadStorage, FileIsCutOff) {
  if (is_collective()) return;  // HDF5 alone knows how long the file is
  LostFile lost(lost_path());
  on_first_rank([&] { fs::resize_file(lost.path, 5000); });
  lost.refuse("was truncated to 5000");
  EXPECT_EQ(fs::file_size(lost.path), 5000u) << "the file was made longer again";
}

TEST(BadStorage, AFileThatIsMovedIsWrittenOn) {
  Scene scene;
  const std::string path = scene.file.path();
  on_first_rank([&] { fs::rename(path, path + ".moved"); });
  scene.right_step();
  on_first_rank([&] { fs::rename(path + ".moved", path); });
  scene.right_step();
}

TEST(BadStorage, AFileThatIsMadeReadOnlyIsWrittenOn) {
  Scene scene;
  on_first_rank([&] { fs::permissions(scene.file.path(), fs::perms::owner_read); });
  scene.right_step();
  scene.close();
  on_first_rank([&] { fs::permissions(scene.file.path(), fs::perms::owner_read | fs::perms::owner_write); });
}

TEST(BadStorage, TheProgramChangesItsDirectory) {
  Scene scene;
  const fs::path before = fs::current_path();
  fs::current_path("/");
  scene.right_step();
  fs::current_path(before);
  scene.right_step();
}

std::atomic<int> signals{0};

/// A limit on file sizes on some ranks, as `ulimit -f` sets it.
class Limit {
 public:
  Limit(const std::set<int>& ranks, rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit now = before_;
    if (ranks.contains(world_rank())) now.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &now);
    old_ = std::signal(SIGXFSZ, [](int) { ++signals; });
  }
  ~Limit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, old_);
  }
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;

 private:
  rlimit before_{};
  void (*old_)(int) = nullptr;
};

/// The error tells the limit, no rank gets the signal that would end it, and the same writer goes on below a higher
/// limit.
TEST(BadStorage, LimitOnFileSizesIsReached) {
  if (is_collective()) return;  // MPI-IO does not ask: the signal comes
  Scene scene;
  // With a chunk for each rank: who writes nothing meets no limit.
  const auto parts = scene.run.field<double>("parts", tessera::Grid{scene_shape}, {.fill = 0.0, .chunk = {2, 5, 4}});
  for (const std::set<int>& culprits : culprits()) {
    {
      const Limit limit(culprits, 8192);
      auto step = scene.run.step(scene.next_time());
      step.put(scene.field, scene.blocks);
      step.put(parts, scene.blocks);
      expect_error({ErrorCode::storage,
                    {"File too large", "8192 bytes", "ulimit -f", scene.file.path(), "run 'run'", name_of(culprits)}},
                   [&] { step.commit(); });
      EXPECT_EQ(signals, 0);
    }
    scene.right_step();
  }
}

TEST(BadStorage, ALimitThatIsNearIsWarnedOf) {
  if (is_collective()) return;
  Scene scene;
  const Limit limit({0}, 96 << 10);
  testing::internal::CaptureStderr();
  tessera_test::Thrown thrown;
  int steps = 0;
  for (; thrown.code == 0 && steps < 100; ++steps) {
    auto step = scene.run.step(scene.next_time());
    step.put(scene.field, scene.blocks);
    thrown = thrown_by([&] { step.commit(); });
  }
  const std::string printed = testing::internal::GetCapturedStderr();
  EXPECT_GT(steps, 1);
  EXPECT_EQ(thrown.code, static_cast<int>(ErrorCode::storage)) << thrown.what;
  const std::string warning = "limit on file sizes; raise it";
  if (world_rank() == 0) {
    const auto first = printed.find(warning);
    EXPECT_NE(first, std::string::npos) << printed;
    EXPECT_EQ(printed.find(warning, first + 1), std::string::npos) << "more than once: " << printed;
    EXPECT_NE(scene.file.raw().explain().find(warning), std::string::npos);
  } else {
    EXPECT_EQ(printed, "");
  }
}

/// What is put counts, not the grid: a few cells of 8 TiB.
TEST(Storage, NoWarningBeforeASparseField) {
  if (is_collective()) GTEST_SKIP() << "parallel HDF5 makes every chunk of a dataset, put or not";
  testing::internal::CaptureStderr();
  TestFile file;
  auto run = file.run("run");
  const auto field = run.field<double>("sparse", tessera::Grid{{1 << 20, 1 << 20}}, {.fill = 0, .chunk = {64, 64}});
  auto step = run.step(0);
  const std::vector<double> values(100, 1.0);
  const std::int64_t lower = 1000 * file.rank();
  step.raw().put(field.handle, tessera::Box::at({lower, lower}, {10, 10}), values.data());
  EXPECT_NO_THROW(step.raw().commit());
  EXPECT_EQ(file.raw().explain().find("warning"), std::string::npos) << file.raw().explain();
  EXPECT_NO_THROW(file.raw().close());
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
