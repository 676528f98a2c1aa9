#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <set>
#include <thread>
#include <vector>

#include "base/workers.hpp"

namespace tessera {
namespace {

void nothing() {}

class WorkersOf : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Threads, WorkersOf, testing::Values(1, 2, 5));

TEST_P(WorkersOf, DoEveryJobOnce) {
  Workers workers(GetParam());
  EXPECT_EQ(workers.count(), GetParam());
  for (const std::size_t jobs : {0, 1, 2, 100}) {
    std::vector<std::atomic<int>> done(jobs);
    workers.run(
        jobs, [&](std::size_t, std::size_t number) { ++done[number]; }, nothing);
    for (const auto& times : done) EXPECT_EQ(times, 1);
  }
}

TEST_P(WorkersOf, NeverGiveOneThreadTwoJobsAtOnce) {
  Workers workers(GetParam());
  std::vector<std::atomic<int>> inside(workers.count());
  const auto job = [&](std::size_t thread, std::size_t) {
    EXPECT_EQ(inside.at(thread)++, 0);
    std::this_thread::sleep_for(std::chrono::microseconds(50));
    EXPECT_EQ(inside.at(thread)--, 1);
  };
  workers.run(50, job, nothing);
}

/// A signal to the process has to reach a thread that the program knows: who waits for one in main() would wait for
/// ever.
TEST_P(WorkersOf, LeaveSignalsToTheOwner) {
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, nullptr, &before);
  Workers workers(GetParam());
  const auto owner = std::this_thread::get_id();
  std::atomic<int> open = 0;
  const auto job = [&](std::size_t, std::size_t) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (std::this_thread::get_id() == owner) return;
    sigset_t mask;
    pthread_sigmask(SIG_BLOCK, nullptr, &mask);
    for (const int signal : {SIGTERM, SIGUSR1, SIGALRM, SIGCHLD}) open += sigismember(&mask, signal) == 1 ? 0 : 1;
  };
  workers.run(50, job, nothing);
  EXPECT_EQ(open, 0);
  sigset_t after;
  pthread_sigmask(SIG_BLOCK, nullptr, &after);
  for (int signal = 1; signal < SIGRTMIN; ++signal) {
    EXPECT_EQ(sigismember(&before, signal), sigismember(&after, signal)) << signal;
  }
}

TEST_P(WorkersOf, CallTheOwnerInBetween) {
  Workers workers(GetParam());
  const auto owner = std::this_thread::get_id();
  int calls = 0;
  const auto between = [&] {
    EXPECT_EQ(std::this_thread::get_id(), owner);
    ++calls;
  };
  workers.run(
      10, [](std::size_t, std::size_t) {}, between);
  EXPECT_GE(calls, 1);
}

TEST_P(WorkersOf, ThrowWhatAJobThrewAndGoOnAfterwards) {
  Workers workers(GetParam());
  std::atomic<int> begun = 0;
  const auto job = [&](std::size_t, std::size_t number) {
    ++begun;
    if (number == 3) throw Error(ErrorCode::storage, "job 3");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  };
  try {
    workers.run(1000, job, nothing);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "job 3");
  }
  EXPECT_LT(begun, 1000);
  std::atomic<int> done = 0;
  workers.run(
      7, [&](std::size_t, std::size_t) { ++done; }, nothing);
  EXPECT_EQ(done, 7);
}

TEST_P(WorkersOf, ThrowWhatTheOwnerThrewInBetween) {
  Workers workers(GetParam());
  const auto between = [] { throw Error(ErrorCode::mpi, "in between"); };
  EXPECT_THROW(workers.run(
                   10, [](std::size_t, std::size_t) {}, between),
               Error);
}

TEST(Workers, ShareJobsThatTakeTime) {
  Workers workers(3);
  std::set<std::size_t> threads;
  std::mutex mutex;
  const auto job = [&](std::size_t thread, std::size_t) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const std::lock_guard lock(mutex);
    threads.insert(thread);
  };
  workers.run(30, job, nothing);
  EXPECT_EQ(threads.size(), 3U);
}

}  // namespace
}  // namespace tessera
