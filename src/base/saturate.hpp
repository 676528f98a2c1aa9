#pragma once

#include <cstdint>
#include <limits>

namespace tessera {

/// a * b for numbers that are not negative; the largest int64 where the product does not fit.
constexpr std::int64_t saturating_product(std::int64_t a, std::int64_t b) noexcept {
  constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
  return b != 0 && a > largest / b ? largest : a * b;
}

/// a + b for numbers that are not negative; the largest int64 where the sum does not fit.
constexpr std::int64_t saturating_sum(std::int64_t a, std::int64_t b) noexcept {
  constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
  return a > largest - b ? largest : a + b;
}

}  // namespace tessera
