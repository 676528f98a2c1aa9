#pragma once

#include <cstddef>
#include <vector>

#include <tessera/types.hpp>

namespace tessera {

/// The pairs of types that the library converts between: a type to itself, float64 to float32, to nearest, and, on the
/// way out of a file, float32 to float64. A further pair is told here first, then to pack/pack_unit.cpp.
constexpr bool can_convert(DataType from, DataType to) noexcept {
  const auto is_floating = [](DataType type) { return type == DataType::float32 || type == DataType::float64; };
  return from == to || (is_floating(from) && is_floating(to));
}

/// The bytes of one element of another type. \throws Error internal for a pair that cannot be converted
std::vector<std::byte> converted(const std::vector<std::byte>& element, DataType from, DataType to);

}  // namespace tessera
