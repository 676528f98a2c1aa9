#pragma once

#include <cstddef>
#include <vector>

#include <tessera/types.hpp>

namespace tessera {

/// The pairs of types that the library converts between: a type to itself, and floating-point types, to nearest. A
/// further pair is told here first, then to pack/pack_unit.cpp.
constexpr bool can_convert(DataType from, DataType to) noexcept {
  return from == to || (detail::element_type(from).is_floating && detail::element_type(to).is_floating);
}

/// The bytes of one element of another type. \throws Error internal for a pair that cannot be converted
std::vector<std::byte> converted(const std::vector<std::byte>& element, DataType from, DataType to);

}  // namespace tessera
