#pragma once

#include <mpi.h>

#include <sched.h>
#include <unistd.h>

#include <algorithm>

namespace tessera::comm {

/// The pause between two tests of a request: for a millisecond it only yields the processor, then it sleeps a twentieth
/// of the time waited so far, at most half a millisecond. So what is quick stays quick, and a long wait costs no core.
class Backoff {
 public:
  Backoff() = default;
  /// \param behind a simulation that wants the core: it sleeps from the beginning
  explicit Backoff(bool behind) noexcept : behind_(behind) {}

  /// Seconds since the wait began.
  double waited() const { return MPI_Wtime() - begin_; }

  /// True when the wait is long enough for tests that cost something.
  bool is_long() const noexcept { return long_; }

  void pause() {
    const double seconds = waited();
    long_ = seconds > 1e-3;
    if (behind_) usleep(static_cast<useconds_t>(1e6 * std::clamp(seconds / 20, 5e-5, 1e-3)));
    else if (long_) usleep(static_cast<useconds_t>(1e6 * std::min(seconds / 20, 5e-4)));
    else sched_yield();
  }

 private:
  double begin_ = MPI_Wtime();
  bool long_ = false;
  bool behind_ = false;
};

}  // namespace tessera::comm
