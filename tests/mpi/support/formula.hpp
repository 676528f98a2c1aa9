#pragma once

#include <cstdint>
#include <type_traits>

#include <tessera/types.hpp>

/// \file
/// The values that the tests write: a function of the global index alone, so that tests/interop/formula.py can tell,
/// without Tessera, what the file has to hold.

namespace tessera_test {

/// A number for every field (seed), step, cell and component; no two of a file are equal. A static field has step -1.
inline std::uint64_t number_of(std::uint64_t seed, std::int64_t step, const tessera::Index& cell,
                               std::int64_t component) {
  constexpr std::uint64_t radix = 1009;
  std::uint64_t number = seed * radix + static_cast<std::uint64_t>(step + 1);
  for (const std::int64_t index : cell) number = number * radix + static_cast<std::uint64_t>(index + 1);
  return number * radix + static_cast<std::uint64_t>(component + 1);
}

/// The number scattered over all bits of T. Floating-point values lie between -0.5 and 0.5 and use the whole mantissa.
template <class T>
T value_of(std::uint64_t number) {
  const std::uint64_t scattered = number * 0x9E3779B97F4A7C15u;
  if constexpr (std::is_same_v<T, double>) {
    return static_cast<double>(scattered >> 11) * 0x1p-53 - 0.5;
  } else if constexpr (std::is_same_v<T, float>) {
    return static_cast<float>(scattered >> 40) * 0x1p-24f - 0.5f;
  } else {
    return static_cast<T>(static_cast<std::make_unsigned_t<T>>(scattered >> (64 - 8 * sizeof(T))));
  }
}

template <class T>
T value_at(std::uint64_t seed, std::int64_t step, const tessera::Index& cell, std::int64_t component = 0) {
  return value_of<T>(number_of(seed, step, cell, component));
}

}  // namespace tessera_test
