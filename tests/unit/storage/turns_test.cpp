#include "storage/turns.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <new>
#include <thread>
#include <utility>
#include <vector>

#include "storage/turn_file.hpp"

namespace tessera::storage {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// What processes share: turns, and who is at work.
struct TurnsTest : ::testing::Test {
  struct Shared {
    std::atomic<int> at_work = 0;
    std::atomic<int> most = 0;
    std::atomic<bool> holds = false;
  };
  static constexpr std::size_t count = 2;
  static constexpr std::size_t size = 4096;
  std::span<std::byte> memory;
  Shared* shared = nullptr;

  void SetUp() override {
    void* mapped = ::mmap(nullptr, 2 * size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(mapped, MAP_FAILED);
    memory = {static_cast<std::byte*>(mapped), Turns::bytes(count)};
    shared = new (static_cast<std::byte*>(mapped) + size) Shared;
    if (!Turns::make(memory)) GTEST_SKIP() << "this system has none";
  }
  void TearDown() override { ::munmap(memory.data(), 2 * size); }

  std::span<std::byte> one() const { return memory.first(Turns::bytes(1)); }

  void work() const {
    const int now = ++shared->at_work;
    int most = shared->most;
    while (now > most && !shared->most.compare_exchange_weak(most, now)) {
    }
    std::this_thread::sleep_for(milliseconds(1));
    --shared->at_work;
  }
  void take_many(std::span<std::byte> turns, std::size_t first) const {
    Turns own(turns, first, milliseconds(60'000));
    for (int i = 0; i < 20; ++i) {
      const auto turn = own.take();
      work();
    }
  }
};

TEST_F(TurnsTest, ThreadsAreAtWorkOneAtATime) {
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 4; ++i) threads.emplace_back([this, i] { take_many(one(), i); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(shared->most, 1);
}

TEST_F(TurnsTest, ProcessesAreAtWorkTwoAtATime) {
  std::vector<pid_t> children;
  for (std::size_t i = 0; i < 4; ++i) {
    children.push_back(::fork());
    if (children.back() != 0) continue;
    take_many(memory, i);
    ::_exit(0);
  }
  for (const pid_t child : children) {
    int status = -1;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(shared->most, 2);
}

TEST_F(TurnsTest, TheTurnOfAProcessThatDiedGoesToTheNextOne) {
  for (int i = 0; i < 2; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      Turns own(one(), 0);
      const auto turn = own.take();
      ::_exit(turn.is_held() ? 0 : 1);  // without giving it back
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    Turns own(one(), 1, milliseconds(60'000));
    const auto begin = Clock::now();
    EXPECT_TRUE(own.take().is_held());
    EXPECT_LT(Clock::now() - begin, std::chrono::seconds(30));
  }
}

/// Who has it is stopped, say: the others wait once, and then go without for a while.
TEST_F(TurnsTest, NobodyWaitsForLong) {
  const pid_t child = ::fork();
  if (child == 0) {
    Turns own(one(), 0);
    const auto turn = own.take();
    shared->holds = true;
    std::this_thread::sleep_for(std::chrono::minutes(1));
    ::_exit(0);
  }
  while (!shared->holds) std::this_thread::yield();
  Turns own(one(), 1, milliseconds(100));
  const auto begin = Clock::now();
  EXPECT_FALSE(own.take().is_held());
  EXPECT_GE(Clock::now() - begin, milliseconds(90));
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(own.take().is_held());
  EXPECT_EQ(own.without(), 1001u);
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(30)) << "each of them waits";
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  while (!own.take().is_held()) ASSERT_LT(Clock::now() - begin, std::chrono::seconds(30));
}

/// Of many who ask again at once each waits far longer than its patience in all, but for nobody who asked later.
TEST_F(TurnsTest, GoRoundInOrder) {
  constexpr int many = 4;
  constexpr int requests = 8;
  std::atomic<int> ready = 0;
  std::atomic<std::uint64_t> without = 0;
  std::atomic<int> most_between = 0;  // turns of others between two of one's own
  std::atomic<int> turns = 0;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < many; ++i) {
    threads.emplace_back([&, i] {
      Turns own(one(), i, milliseconds(150));
      ++ready;
      while (ready < many) std::this_thread::yield();
      int last = -1;
      for (int n = 0; n < requests; ++n) {
        const auto turn = own.take();
        const int now = turns++;
        if (last >= 0 && now - last > most_between) most_between = now - last;
        last = now;
        std::this_thread::sleep_for(milliseconds(60));
      }
      without += own.without();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(without, 0u);
  EXPECT_LE(most_between, 2 * many) << "somebody was passed over";
}

/// Nobody's ticket is lost with a process that dies while it waits.
TEST_F(TurnsTest, WhoDiesInTheQueueHoldsItUpOnce) {
  Turns own(one(), 0, milliseconds(100));
  pid_t child = 0;
  {
    const auto turn = own.take();
    child = ::fork();
    if (child == 0) {
      Turns waiting(one(), 0, milliseconds(60'000));
      shared->holds = true;
      const auto never = waiting.take();
      ::_exit(0);
    }
    while (!shared->holds) std::this_thread::yield();
    std::this_thread::sleep_for(milliseconds(100));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }
  const auto begin = Clock::now();
  while (!own.take().is_held()) ASSERT_LT(Clock::now() - begin, std::chrono::seconds(30));
  EXPECT_TRUE(own.take().is_held());
}

/// Notes what is written, and whether another one could have the turn meanwhile.
class NotingFile : public File {
 public:
  explicit NotingFile(std::span<std::byte> turns) : turns_(turns) {}
  void write(std::uint64_t offset, std::span<const std::byte> bytes) override {
    std::thread other([&] { was_free = was_free || Turns(turns_, 1, milliseconds(1)).take().is_held(); });
    other.join();
    writes.push_back({offset, bytes.size()});
  }
  void read(std::uint64_t, std::span<std::byte>) override {}
  void grow(std::uint64_t) override {}
  void truncate(std::uint64_t) override {}
  void sync() override { ++syncs; }
  std::vector<std::pair<std::uint64_t, std::size_t>> writes;
  int syncs = 0;
  bool was_free = false;

 private:
  std::span<std::byte> turns_;
};

TEST_F(TurnsTest, AFileIsWrittenToInTurnsAndSyncedWithout) {
  NotingFile file(one());
  TurnFile turns(file, one(), 0);
  const std::vector<std::byte> bytes(3u << 20);
  const std::vector<std::span<const std::byte>> parts(3, bytes);
  turns.write(7, bytes);
  turns.write_parts(100, parts);
  turns.sync();
  const std::vector<std::pair<std::uint64_t, std::size_t>> expected{{7, bytes.size()},
                                                                    {100, bytes.size()},
                                                                    {100 + bytes.size(), bytes.size()},
                                                                    {100 + 2 * bytes.size(), bytes.size()}};
  EXPECT_EQ(file.writes, expected);
  EXPECT_FALSE(file.was_free);
  EXPECT_EQ(file.syncs, 1);
  EXPECT_TRUE(Turns(one(), 1, milliseconds(1)).take().is_held()) << "it was not given back";
}

}  // namespace
}  // namespace tessera::storage
