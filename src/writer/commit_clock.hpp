#pragma once

#include <chrono>

#include "pipeline/stages.hpp"

namespace tessera::detail {

/// What a commit takes on this rank, apart from the engine's stages.
class CommitClock {
 public:
  using Clock = std::chrono::steady_clock;

  void begin() noexcept { agreed_ = begin_ = Clock::now(); }
  void agreed() noexcept { agreed_ = Clock::now(); }

  /// What was done since then, for other commits, does not count.
  void leave_out(Clock::time_point since) noexcept {
    begin_ += Clock::now() - since;
    agreed_ += Clock::now() - since;
  }

  /// Until now.
  double seconds() const noexcept { return between(begin_, Clock::now()); }
  pipeline::SecondsBefore before_engine() const noexcept {
    return {between(begin_, agreed_), between(agreed_, Clock::now())};
  }

 private:
  static double between(Clock::time_point from, Clock::time_point to) noexcept {
    return std::chrono::duration<double>(to - from).count();
  }
  Clock::time_point begin_{};
  Clock::time_point agreed_{};
};

}  // namespace tessera::detail
