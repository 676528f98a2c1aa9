#pragma once

#include <cstdint>

#include "tools/plot/slice.hpp"

namespace tessera::tools {

struct Colour {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  friend bool operator==(const Colour&, const Colour&) = default;
};

inline constexpr Colour not_finite{160, 160, 160};

/// Where in the range a value lies, from 0 to 1; what lies outside is at its end. 0 where the range is a point.
double place_in(const ValueRange& range, double value) noexcept;

/// The colour of a place from 0 to 1 in the map "viridis", as matplotlib has it.
Colour viridis(double place) noexcept;

/// Of a value; `not_finite` for such.
Colour colour_of(const ValueRange& range, double value) noexcept;

}  // namespace tessera::tools
