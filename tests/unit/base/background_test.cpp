#include "base/background.hpp"

#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <future>
#include <vector>

using tessera::Background;
using tessera::Error;
using tessera::ErrorCode;

namespace {

std::shared_ptr<Background::Task> task(std::size_t jobs, Background::Job job, std::function<void()> last = {}) {
  return std::make_shared<Background::Task>(jobs, std::move(job), std::move(last));
}

TEST(Background, DoesEachJobOnceAndTheLastPartBehindAll) {
  Background background(3);
  ASSERT_EQ(background.count(), 3u);
  std::vector<std::atomic<int>> done(100);
  std::atomic<int> before_last = 0;
  std::atomic<int> total = 0;
  const auto all = task(
      done.size(), [&](std::size_t, std::size_t number) { ++done[number], ++total; },
      [&] { before_last = total.load(); });
  background.begin(all);
  EXPECT_FALSE(background.wait(*all));
  EXPECT_TRUE(background.is_done(*all));
  EXPECT_EQ(before_last, 100);
  for (const auto& one : done) EXPECT_EQ(one, 1);
}

TEST(Background, ATaskWithoutJobsHasItsLastPart) {
  Background background(1);
  bool ended = false;
  const auto none = task(
      0, [](std::size_t, std::size_t) {}, [&] { ended = true; });
  background.begin(none);
  EXPECT_FALSE(background.wait(*none));
  EXPECT_TRUE(ended);
}

TEST(Background, TellsTheFirstFailureAndBeginsNothingMoreOfThatTask) {
  Background background(1);
  std::atomic<int> begun = 0;
  bool ended = false;
  const auto failing = task(
      10,
      [&](std::size_t, std::size_t number) {
        ++begun;
        if (number == 3) throw Error(ErrorCode::storage, "the third");
      },
      [&] { ended = true; });
  std::atomic<int> of_next = 0;
  const auto next = task(5, [&](std::size_t, std::size_t) { ++of_next; });
  background.begin(failing);
  background.begin(next);
  const auto failure = background.wait(*failing);
  ASSERT_TRUE(failure);
  EXPECT_STREQ(failure->what(), "the third");
  EXPECT_EQ(begun, 4);
  EXPECT_FALSE(ended);
  EXPECT_FALSE(background.wait(*next));
  EXPECT_EQ(of_next, 5);
}

TEST(Background, CancelWaitsForWhatRunsAndDropsTheRest) {
  Background background(1);
  std::promise<void> may_end;
  auto gate = may_end.get_future().share();
  std::atomic<int> begun = 0;
  std::promise<void> has_begun;
  const auto slow = task(3, [&](std::size_t, std::size_t) {
    if (++begun == 1) has_begun.set_value();
    gate.wait();
  });
  const auto behind = task(3, [&](std::size_t, std::size_t) { ++begun; });
  background.begin(slow);
  background.begin(behind);
  ASSERT_EQ(has_begun.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
  std::thread opener([&] {
    while (!background.is_done(*behind)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    may_end.set_value();
  });
  background.cancel();
  opener.join();
  EXPECT_EQ(begun, 1);
  EXPECT_TRUE(background.is_done(*slow));
  EXPECT_TRUE(background.is_done(*behind));
}

TEST(Background, ItsThreadsTakeNoSignals) {
  Background background(1);
  sigset_t mask;
  sigemptyset(&mask);
  const auto look = task(1, [&](std::size_t, std::size_t) { pthread_sigmask(SIG_SETMASK, nullptr, &mask); });
  background.begin(look);
  background.wait(*look);
  for (const int number : {SIGTERM, SIGINT, SIGUSR1, SIGALRM}) EXPECT_EQ(sigismember(&mask, number), 1) << number;
}

}  // namespace
