#pragma once

#include <bit>
#include <cstdint>
#include <limits>

#include <tessera/types.hpp>

/// \file
/// bfloat16: the upper half of a float32, a sign, 8 bits of exponent (bias 127), 7 of fraction. Integers alone where a
/// float could be subnormal: programs may have the processor flush these to zero (-ffast-math).

namespace tessera {

/// To nearest, ties to even; what is beyond the largest number by half a digit becomes infinite, NaN a quiet NaN.
inline detail::BFloat16 to_bfloat16(float value) noexcept {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  const std::uint32_t rounded = bits + 0x7fffu + (bits >> 16 & 1u);
  const std::uint32_t nan = (bits & 0x80000000u) | 0x7fc00000u;
  return {static_cast<std::uint16_t>((magnitude > 0x7f800000u ? nan : rounded) >> 16)};
}

/// The same of a double, rounded once.
inline detail::BFloat16 to_bfloat16(double value) noexcept {
  constexpr int dropped = 52 - 7;  // digits of the fraction
  constexpr std::uint64_t one = std::uint64_t{1} << dropped;
  constexpr std::uint64_t rebias = std::uint64_t{1023 - 127} << 7;
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const std::uint64_t sign = bits >> 48 & 0x8000u;
  const std::uint64_t magnitude = bits & ~(std::uint64_t{1} << 63);
  std::uint64_t rest = ((magnitude + (one / 2 - 1) + (magnitude >> dropped & 1)) >> dropped) - rebias;
  // Without an own exponent: a number of 2^-133. The sum has no digits for less, so it is rounded.
  const double number = std::bit_cast<double>(magnitude) * 0x1p133 + 0x1p52;
  const std::uint64_t small = std::bit_cast<std::uint64_t>(number) - std::bit_cast<std::uint64_t>(0x1p52);
  rest = magnitude < std::bit_cast<std::uint64_t>(0x1p-126) ? small : rest;
  rest = magnitude >= std::bit_cast<std::uint64_t>(0x1.ffp127) ? 0x7f80u : rest;
  rest = magnitude > std::bit_cast<std::uint64_t>(std::numeric_limits<double>::infinity()) ? 0x7fc0u : rest;
  return {static_cast<std::uint16_t>(sign | rest)};
}

/// Exact.
inline float to_float(detail::BFloat16 value) noexcept { return std::bit_cast<float>(std::uint32_t{value.bits} << 16); }

}  // namespace tessera
