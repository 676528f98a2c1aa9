#pragma once

#include <type_traits>

#include "base/bfloat16.hpp"
#include "base/half.hpp"

/// \file
/// Between the floating-point types that a file can have, each rounded once.

namespace tessera {

/// Those that C++20 has no type for.
template <class T>
inline constexpr bool is_short_float_v = std::is_same_v<T, detail::Half> || std::is_same_v<T, detail::BFloat16>;

/// A value as another floating-point type.
template <class To, class From>
To as(From value) noexcept {
  if constexpr (std::is_same_v<To, From>) {
    return value;
  } else if constexpr (is_short_float_v<From>) {
    return as<To>(to_float(value));
  } else if constexpr (std::is_same_v<To, detail::Half>) {
    return to_half(static_cast<double>(value));
  } else if constexpr (std::is_same_v<To, detail::BFloat16> && std::is_same_v<From, float>) {
    return to_bfloat16(value);
  } else if constexpr (std::is_same_v<To, detail::BFloat16>) {
    return to_bfloat16(static_cast<double>(value));
  } else {
    return static_cast<To>(value);
  }
}

}  // namespace tessera
