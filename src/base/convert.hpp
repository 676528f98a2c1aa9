#pragma once

#include <cstddef>
#include <vector>

#include <tessera/types.hpp>

namespace tessera {

/// The pairs of types that the library converts between on the way into a file: a type to itself, and float64 to
/// float32, to nearest. A further pair is told here first, then to pack/pack_unit.cpp.
constexpr bool can_convert(DataType from, DataType to) noexcept {
  return from == to || (from == DataType::float64 && to == DataType::float32);
}

/// The bytes of one element (or none) of another type. \throws Error internal for a pair that cannot be converted
std::vector<std::byte> converted(const std::vector<std::byte>& element, DataType from, DataType to);

}  // namespace tessera
