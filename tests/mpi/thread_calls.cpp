#include <gtest/gtest.h>
#include <mpi.h>

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <tessera/writer.hpp>

/// \file
/// Which thread may call: thread_calls LEVEL, with the level of threads that MPI is initialised with. A program of its
/// own.

#ifdef __SANITIZE_THREAD__
/// Threads that call MPI at the same time meet in its atomics, which ThreadSanitizer does not see: only what code that
/// it compiled does to memory is looked at here.
extern "C" const char* __tsan_default_options() { return "ignore_noninstrumented_modules=1"; }
#endif

using tessera::Error;
using tessera::ErrorCode;

namespace {

int level = MPI_THREAD_SINGLE;

int world_rank() {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}

template <class Call>
std::optional<Error> thrown_by(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

/// What a call on a thread of its own throws.
template <class Call>
std::optional<Error> thrown_elsewhere(Call&& call) {
  std::optional<Error> thrown;
  std::thread([&] { thrown = thrown_by(call); }).join();
  return thrown;
}

void expect_wrong_thread(const std::optional<Error>& thrown, const std::string& word) {
  ASSERT_TRUE(thrown.has_value()) << word;
  EXPECT_EQ(thrown->code(), ErrorCode::wrong_thread) << thrown->what();
  EXPECT_NE(std::string(thrown->what()).find(word), std::string::npos) << thrown->what();
}

/// A writer with a field to which each rank has one value.
struct File {
  explicit File(const std::string& path, MPI_Comm comm = MPI_COMM_WORLD)
      : writer(comm, path, {.overwrite = true}), run(writer.run("run")), field(make_field()) {}
  tessera::Field<double> make_field() {
    int size = 1;
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    return run.field<double>("field", tessera::Grid{{size}});
  }
  void put(tessera::Step& step) { step.put(field, tessera::Box::at({rank}, {1}), &value); }

  int rank = world_rank();
  double value = 0.5 + rank;
  tessera::Writer writer;
  tessera::Run run;
  tessera::Field<double> field;
};

TEST(Threads, OnlyThoseThatMayCallMpi) {
  if (level >= MPI_THREAD_SERIALIZED) GTEST_SKIP() << "at this level every thread may";
  File file("threads_funneled.h5");
  const std::string word = "on a thread that may not call MPI";
  expect_wrong_thread(thrown_elsewhere([] { tessera::Writer(MPI_COMM_WORLD, "threads_none.h5"); }), word);
  expect_wrong_thread(thrown_elsewhere([&] { file.writer.run("other"); }), word);
  expect_wrong_thread(thrown_elsewhere([&] { file.run.step(0); }), word);
  auto step = file.run.step(0);
  expect_wrong_thread(thrown_elsewhere([&] { file.put(step); }), word);
  expect_wrong_thread(thrown_elsewhere([&] { step.commit(); }), word);
  // Nothing of it has left a trace.
  file.put(step);
  step.commit();
  file.writer.close();
}

TEST(Threads, ADestructorOnAnotherThreadLeavesMpiAlone) {
  if (level >= MPI_THREAD_SERIALIZED) GTEST_SKIP() << "at this level every thread may";
  std::optional<File> file("threads_destroyed.h5");
  auto step = file->run.step(0);
  file->put(step);
  step.commit();
  testing::internal::CaptureStderr();
  thrown_elsewhere([&] { file.reset(); });
  EXPECT_NE(testing::internal::GetCapturedStderr().find("was destroyed without close()"), std::string::npos);
  MPI_Barrier(MPI_COMM_WORLD);
}

/// The thread that commits waits for the other ranks, which come when a second thread was refused.
TEST(Threads, OneAtATime) {
  if (level < MPI_THREAD_MULTIPLE) GTEST_SKIP() << "needs MPI_THREAD_MULTIPLE";
  int size = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  if (size == 1) GTEST_SKIP() << "a commit of one rank waits for nobody, so nothing is at once for sure";
  File file("threads_multiple.h5");
  auto step = file.run.step(0);
  file.put(step);
  if (file.rank != 0) {
    MPI_Barrier(MPI_COMM_WORLD);
    step.commit();
  } else {
    std::thread commits([&] {
      // The other thread may be in a call first, and then this one is refused.
      while (thrown_by([&] { step.commit(); })) std::this_thread::yield();
    });
    std::optional<Error> thrown;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!thrown && std::chrono::steady_clock::now() < end) {
      thrown = thrown_by([&] { file.run.step(1); });
    }
    MPI_Barrier(MPI_COMM_WORLD);
    commits.join();
    expect_wrong_thread(thrown, "Run::step while another thread is in Step::commit of the writer of");
  }
  file.writer.close();
}

TEST(Threads, AWriterInEachOfTwo) {
  if (level < MPI_THREAD_MULTIPLE) GTEST_SKIP() << "needs MPI_THREAD_MULTIPLE";
  std::array<MPI_Comm, 2> comms{MPI_COMM_NULL, MPI_COMM_NULL};
  for (MPI_Comm& comm : comms) MPI_Comm_dup(MPI_COMM_WORLD, &comm);
  std::array<std::optional<Error>, 2> thrown;
  std::vector<std::thread> threads;
  for (std::size_t number = 0; number < 2; ++number) {
    threads.emplace_back([&, number] {
      thrown[number] = thrown_by([&] {
        File file("threads_two_" + std::to_string(number) + ".h5", comms[number]);
        for (int n = 0; n < 50; ++n) {
          auto step = file.run.step(n);
          file.put(step);
          step.commit();
        }
        file.writer.close();
      });
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& error : thrown) EXPECT_FALSE(error.has_value()) << error->what();
  for (MPI_Comm& comm : comms) MPI_Comm_free(&comm);
}

/// At this level the calls of a rank may come from any thread, one after the other.
TEST(Threads, OneAfterTheOther) {
  if (level < MPI_THREAD_SERIALIZED) GTEST_SKIP() << "needs MPI_THREAD_SERIALIZED";
  File file("threads_serialized.h5");
  for (int n = 0; n < 3; ++n) {
    EXPECT_EQ(thrown_elsewhere([&] {
                auto step = file.run.step(n);
                file.put(step);
                step.commit();
              }),
              std::nullopt);
  }
  EXPECT_EQ(thrown_elsewhere([&] { file.writer.close(); }), std::nullopt);
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const std::string name = argc > 1 ? argv[1] : "";
  level = name == "multiple" ? MPI_THREAD_MULTIPLE : name == "serialized" ? MPI_THREAD_SERIALIZED : MPI_THREAD_FUNNELED;
  int provided = 0;
  MPI_Init_thread(&argc, &argv, level, &provided);
  if (provided < level) {
    std::printf("left out: this MPI does not provide the level of threads '%s'\n", name.c_str());
    MPI_Finalize();
    return 77;
  }
  level = provided;
  const int result = RUN_ALL_TESTS();
  int worst = 0;
  MPI_Allreduce(&result, &worst, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  MPI_Finalize();
  return worst;
}
