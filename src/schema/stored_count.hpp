#pragma once

#include <algorithm>
#include <cstdint>

namespace tessera::schema {

/// A number of rows that was read as a double. What a damaged file says may be anything.
inline std::int64_t stored_count(double value) noexcept {
  constexpr double most = 9e15;  // below 2^53, so that sums fit
  return value > 0 ? static_cast<std::int64_t>(std::min(value, most)) : 0;
}

}  // namespace tessera::schema
