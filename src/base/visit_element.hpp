#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>

#include <tessera/types.hpp>

#include "base/floating.hpp"

/// \file
/// From a DataType to code for its C++ type: the only place that does it, by the list in tessera/types.hpp.

namespace tessera {

/// Calls `use` with the element type's C++ type, as std::type_identity.
template <std::size_t number = 0, class Use>
constexpr decltype(auto) visit_element(DataType type, const Use& use) {
  using List = decltype(detail::element_list);
  if constexpr (number + 1 < std::tuple_size_v<List>) {
    if (static_cast<std::size_t>(type) != number) return visit_element<number + 1>(type, use);
  }
  return use(std::type_identity<typename std::tuple_element_t<number, List>::Type>());
}

/// The value in a type that the standard library knows: a short floating-point type that it does not, as float.
template <class T>
constexpr auto arithmetic(T value) noexcept {
  if constexpr (std::is_arithmetic_v<T>) {
    return value;
  } else {
    return to_float(value);
  }
}

}  // namespace tessera
