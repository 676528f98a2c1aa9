#pragma once

#include <cstdint>
#include <random>

namespace fuzz {

/// Chances that follow from a seed.
class Chooser {
 public:
  explicit Chooser(std::uint64_t seed) : engine_(seed) {}
  /// Of 0 to count - 1. Not by std::uniform_int_distribution, which differs between libraries.
  int below(int count) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(count)); }
  bool one_in(int count) { return below(count) == 0; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace fuzz
