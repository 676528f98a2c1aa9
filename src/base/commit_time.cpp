#include "base/commit_time.hpp"

#include <atomic>

namespace tessera {

namespace {
/// Of the process, not of a writer: whoever asks whether there is time for one more commit need not know the writers.
std::atomic<double> longest{0};
}  // namespace

double max_commit_seconds() noexcept { return longest.load(std::memory_order_relaxed); }

CommitTimer::~CommitTimer() {
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  double known = longest.load(std::memory_order_relaxed);
  while (known < seconds && !longest.compare_exchange_weak(known, seconds, std::memory_order_relaxed)) {
  }
}

}  // namespace tessera
