#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <thread>

namespace bench {

/// What stands in for a simulation between its steps.

inline double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// For so many seconds; of each millisecond the core is used for `busy` of it.
inline void compute(double seconds, double busy) {
  const auto begin = std::chrono::steady_clock::now();
  while (seconds_since(begin) < seconds) {
    const auto turn = std::chrono::steady_clock::now();
    while (seconds_since(turn) < busy * 1e-3) {
    }
    if (busy < 1) std::this_thread::sleep_for(std::chrono::duration<double>((1 - busy) * 1e-3));
  }
}

/// An amount of work, which takes longer where others use the core too.
class Work {
 public:
  /// Measures how fast this core is, for some 50 ms.
  Work() {
    for (int n = 0; n < 5; ++n) {
      turns_per_second_ = std::max(turns_per_second_, some / run(some));
    }
  }
  /// As much as takes so many seconds where nothing else runs; the core is used for `busy` of each millisecond.
  /// \returns the seconds that it took
  double operator()(double seconds, double busy = 1) const {
    const auto begin = std::chrono::steady_clock::now();
    if (busy >= 1) return run(seconds * turns_per_second_);
    for (double done = 0; done < seconds; done += 1e-3) {
      run(busy * 1e-3 * turns_per_second_);
      std::this_thread::sleep_for(std::chrono::duration<double>((1 - busy) * 1e-3));
    }
    return seconds_since(begin);
  }

 private:
  static constexpr double some = 1e7;

  static double run(double turns) {
    volatile double sum = 0;
    const auto begin = std::chrono::steady_clock::now();
    for (auto turn = static_cast<std::int64_t>(turns); turn > 0; --turn) sum = sum + 1;
    return seconds_since(begin);
  }

  double turns_per_second_ = 0;
};

}  // namespace bench
