#pragma once

#include <chrono>

namespace tessera {

/// The longest commit of any writer of this process so far, in seconds; 0 before the first. Any thread.
double max_commit_seconds() noexcept;

/// A commit that did not wait has taken so long, behind the simulation.
void note_commit_seconds(double seconds) noexcept;

/// Steps that writers of this process have begun to commit and not finished: each takes a commit's time at the end. Any
/// thread.
int steps_in_flight() noexcept;
void note_steps_in_flight(int more) noexcept;

/// Times a commit: from here to the end of the scope, also when that is an exception.
class CommitTimer {
 public:
  CommitTimer() = default;
  ~CommitTimer();
  CommitTimer(const CommitTimer&) = delete;
  CommitTimer& operator=(const CommitTimer&) = delete;

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace tessera
