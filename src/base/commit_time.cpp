#include "base/commit_time.hpp"

#include <atomic>

namespace tessera {

namespace {
/// Of the process, not of a writer: whoever asks whether there is time for one more commit need not know the writers.
std::atomic<double> longest{0};
std::atomic<int> in_flight{0};
}  // namespace

double max_commit_seconds() noexcept { return longest.load(std::memory_order_relaxed); }

void note_commit_seconds(double seconds) noexcept {
  double known = longest.load(std::memory_order_relaxed);
  while (known < seconds && !longest.compare_exchange_weak(known, seconds, std::memory_order_relaxed)) {
  }
}

int steps_in_flight() noexcept { return in_flight.load(std::memory_order_relaxed); }

void note_steps_in_flight(int more) noexcept { in_flight.fetch_add(more, std::memory_order_relaxed); }

CommitTimer::~CommitTimer() {
  note_commit_seconds(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count());
}

}  // namespace tessera
