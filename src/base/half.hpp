#pragma once

#include <bit>
#include <cstdint>
#include <limits>

#include <tessera/types.hpp>

/// \file
/// float16, IEEE 754 binary16: a sign, 5 bits of exponent (bias 15), 10 of fraction.

namespace tessera {

/// To nearest, ties to even; what is beyond 65504 by half a digit becomes infinite, NaN stays NaN.
inline detail::Half to_half(double value) noexcept {
  constexpr int dropped = 52 - 10;  // digits of the fraction
  constexpr std::uint64_t one = std::uint64_t{1} << dropped;
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const auto sign = static_cast<std::uint16_t>(bits >> 48 & 0x8000u);
  const std::uint64_t magnitude = bits & ~(std::uint64_t{1} << 63);
  const auto made = [&](std::uint64_t rest) { return detail::Half{static_cast<std::uint16_t>(sign | rest)}; };
  if (magnitude > std::bit_cast<std::uint64_t>(std::numeric_limits<double>::infinity())) return made(0x7e00);
  if (magnitude >= std::bit_cast<std::uint64_t>(65520.0)) return made(0x7c00);
  if (magnitude < std::bit_cast<std::uint64_t>(0x1p-14)) {
    // Without an own exponent: a number of 2^-24. The sum has no digits for less, so it is rounded.
    const double number = std::bit_cast<double>(magnitude) * 0x1p24 + 0x1p52;
    return made(std::bit_cast<std::uint64_t>(number) - std::bit_cast<std::uint64_t>(0x1p52));
  }
  const std::uint64_t rounded = magnitude + (one / 2 - 1) + (magnitude >> dropped & 1);
  return made((rounded >> dropped) - (std::uint64_t{1023 - 15} << 10));
}

/// Exact.
inline float to_float(detail::Half half) noexcept {
  const std::uint32_t sign = std::uint32_t{half.bits & 0x8000u} << 16;
  const std::uint32_t exponent = half.bits >> 10 & 0x1fu;
  const std::uint32_t fraction = half.bits & 0x3ffu;
  if (exponent == 0) {
    const float number = static_cast<float>(fraction) * 0x1p-24f;
    return sign != 0 ? -number : number;
  }
  const std::uint32_t wide = exponent == 31 ? 255 : exponent + (127 - 15);
  return std::bit_cast<float>(sign | wide << 23 | fraction << 13);
}

}  // namespace tessera
