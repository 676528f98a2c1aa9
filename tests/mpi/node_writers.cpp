#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <utility>

#include "comm/node_memory.hpp"
#include "support/failing_files.hpp"
#include "support/outside.hpp"
#include "support/scene.hpp"

/// \file
/// Ranks of a node that take turns in writing: the content is that of a file without turns, and errors are the same.
/// Others of the tests run so too, by TESSERA_WRITERS_PER_NODE (tests/mpi/CMakeLists.txt).

using namespace tessera_test;
using tessera::ErrorCode;
using tessera::Index;

namespace {

/// While it lives, so many ranks of a node write at a time.
class Writers {
 public:
  explicit Writers(std::size_t count) { setenv("TESSERA_WRITERS_PER_NODE", std::to_string(count).c_str(), 1); }
  ~Writers() { unsetenv("TESSERA_WRITERS_PER_NODE"); }
  Writers(const Writers&) = delete;
  Writers& operator=(const Writers&) = delete;
};

/// Chunks that follow the ranks' slabs, chunks that ranks share, a field of which one rank has all, and one that is not
/// compressed.
class Output {
 public:
  explicit Output(const tessera::Options& options = {}, const std::string& suffix = "")
      : file_(options, suffix), run_(file_.run("run")),
        own_(run_.field<double>("own", tessera::Grid{shape_}, {.chunk = {8, 16, 16}})),
        shared_(run_.field<double>("shared", tessera::Grid{shape_}, {.chunk = {7, 16, 32}})),
        raw_(run_.field<float>("raw", tessera::Grid{shape_}, {.codec = tessera::Codec::none()})),
        of_one_(run_.field<double>("of_one", tessera::Grid{shape_}, {.chunk = {5, 9, 11}})) {}

  TestStep step() {
    auto step = run_.step(time_ += 1);
    step.put(own_, slabs(shape_, file_.size()));
    step.put(shared_, bricks(shape_, file_.size()), {.halo = {{1}, {2}}});
    step.put(raw_, uneven_slabs(shape_, file_.size(), 1));
    step.put(of_one_, all_on(shape_, file_.size(), file_.size() - 1));
    return step;
  }
  void commit(bool waits) { EXPECT_NO_THROW(waits ? step().commit() : step().commit_async()); }
  TestFile& file() { return file_; }
  void close() { EXPECT_NO_THROW(file_.close()); }

 private:
  Index shape_{32, 16, 32};
  TestFile file_;
  TestRun run_;
  TestField<double> own_;
  TestField<double> shared_;
  TestField<float> raw_;
  TestField<double> of_one_;
  double time_ = 0;
};

constexpr int steps = 8;  // the last ones have space ahead of time

/// What ranks do in all files of this program at a time.
struct AtWork {
  std::atomic<int> now = 0;
  std::atomic<int> most = 0;
  static bool make(std::span<std::byte> memory) {
    new (memory.data()) AtWork;
    return true;
  }
};

/// While it lives, files count who writes to them, except for rank 0's metadata: those are small.
class CountingFiles {
 public:
  CountingFiles() : comm_(MPI_COMM_WORLD), memory_(comm_, sizeof(AtWork), AtWork::make) {
    at_work_ = reinterpret_cast<AtWork*>(memory_.bytes().data());
    tessera::storage::set_wrapper([](auto file) { return std::make_unique<Counting>(std::move(file)); });
  }
  ~CountingFiles() {
    tessera::storage::set_wrapper({});
    at_work_ = nullptr;
  }
  CountingFiles(const CountingFiles&) = delete;
  CountingFiles& operator=(const CountingFiles&) = delete;

  /// The most since the last call. Collective.
  int most() const {
    MPI_Barrier(MPI_COMM_WORLD);
    const int most = at_work_->most;
    MPI_Barrier(MPI_COMM_WORLD);
    at_work_->most = 0;
    MPI_Barrier(MPI_COMM_WORLD);
    return most;
  }

 private:
  class Counting : public PassingFile {
   public:
    using PassingFile::PassingFile;
    void write_parts(std::uint64_t offset, std::span<const std::span<const std::byte>> parts) override {
      const int now = ++at_work_->now;
      int most = at_work_->most;
      while (now > most && !at_work_->most.compare_exchange_weak(most, now)) {
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      PassingFile::write_parts(offset, parts);
      --at_work_->now;
    }
  };

  static inline AtWork* at_work_ = nullptr;
  tessera::comm::Communicator comm_;
  tessera::comm::NodeMemory memory_;
};

TEST(NodeWriters, AsManyAsWereAskedFor) {
  for (const std::size_t writers : {1, 2, 3, 1000}) {
    for (const bool waits : {true, false}) {
      const CountingFiles files;
      const Writers turns(writers);
      Output output({.threads = 2}, "_" + std::to_string(writers) + (waits ? "_waiting" : "_in_flight"));
      for (int n = 0; n < steps; ++n) output.commit(waits);
      output.close();
      const auto most = static_cast<std::size_t>(files.most());
      EXPECT_GE(most, 1u);
      const auto ranks = static_cast<std::size_t>(world_size());
      if (writers < ranks) {
        EXPECT_LE(most, writers);
      }
    }
  }
}

TEST(NodeWriters, ExplainNamesThemAndTheFileSystem) {
  const Writers turns(1);
  Output output;
  const std::string text = output.file().raw().explain();
  const std::string expected =
      world_size() == 1 ? "all ranks of this node write at once, as asked for"
                        : "of the " + std::to_string(world_size()) + " ranks of this node 1 writes at a time";
  EXPECT_NE(text.find(expected), std::string::npos) << text;
  EXPECT_NE(text.find("\n    on "), std::string::npos) << text;
  output.commit(true);
  output.close();
}

TEST(NodeWriters, TheContentIsThatOfAFileWithout) {
  for (const std::size_t writers : {1, 1000}) {
    const Writers turns(writers);
    Output output({}, "_" + std::to_string(writers));
    for (int n = 0; n < steps; ++n) output.commit(n % 3 != 0);
    output.close();
  }
  const std::string program =
      "import subprocess\n"
      "done = subprocess.run(['h5diff', sys.argv[1], sys.argv[1].replace('_1.', '_1000.')],\n"
      "                      capture_output=True, text=True)\n"
      "print(done.returncode, done.stdout + done.stderr)";
  if (!has_python() || std::system("command -v h5diff >/dev/null") != 0) GTEST_SKIP() << "no h5py, or no h5diff";
  EXPECT_EQ(python(program, output_path("_1")), "0 ");
}

TEST(NodeWriters, PowerSafe) {
  const Writers turns(1);
  Output output({.durability = tessera::Durability::power_safe});
  for (int n = 0; n < steps; ++n) output.commit(n % 2 == 0);
  output.close();
}

TEST(NodeWriters, ADiskThatFailsIsEverybodysError) {
  const FailingFiles files;
  const Writers turns(1);
  Output output;
  output.file().expected().depends_on_rank_count = true;
  for (int culprit = 0; culprit < world_size(); ++culprit) {
    for (int n = 0; n < 3; ++n) output.commit(true);
    FailingFiles::fail = world_rank() == culprit;
    auto step = output.step();
    expect_error({ErrorCode::storage, {"as the test wants it", "write the step again", "commit of step"}},
                 [&] { step.raw().commit(); });
    FailingFiles::fail = false;
  }
  output.commit(true);
  output.close();
}

/// A rank that is stopped while it has the only turn.
TEST(NodeWriters, ARankThatIsSlowWithItsTurnHoldsNobodyUpForLong) {
  class Slow : public PassingFile {
   public:
    using PassingFile::PassingFile;
    void write_parts(std::uint64_t offset, std::span<const std::span<const std::byte>> parts) override {
      if (world_rank() == 0 && !std::exchange(was_slow_, true)) std::this_thread::sleep_for(std::chrono::seconds(3));
      PassingFile::write_parts(offset, parts);
    }

   private:
    bool was_slow_ = false;
  };
  tessera::storage::set_wrapper([](auto file) { return std::make_unique<Slow>(std::move(file)); });
  const Writers turns(1);
  Output output;
  const double begin = MPI_Wtime();
  for (int n = 0; n < steps; ++n) output.commit(true);
  output.close();
  tessera::storage::set_wrapper({});
  EXPECT_LT(MPI_Wtime() - begin, 30);
}

TEST(NodeWriters, TheEnvironmentIsChecked) {
  Scene scene;
  for (const char* value : {"0", "-1", "many", "1.5", " 1", "9999999999999999999999"}) {
    setenv("TESSERA_WRITERS_PER_NODE", value, 1);
    expect_error({ErrorCode::invalid_argument,
                  {"TESSERA_WRITERS_PER_NODE is '" + std::string(value) + "'", "a number from 1 to"}},
                 [&] { const tessera::Writer writer(MPI_COMM_WORLD, fresh_directory() + "/none.h5"); });
  }
  unsetenv("TESSERA_WRITERS_PER_NODE");
  scene.right_step();
}

/// Rank 0's number is taken.
TEST(NodeWriters, RanksThatHaveOtherNumbersAgree) {
  const Writers turns(world_rank() == 0 ? 1 : 2);
  Output output;
  EXPECT_EQ(output.file().raw().explain().find("1 writes at a time, as asked for") != std::string::npos,
            world_size() > 1);
  for (int n = 0; n < steps; ++n) output.commit(true);
  output.close();
}

}  // namespace
