#include "tools/plot/colours.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace tessera::tools {

namespace {

/// Every 32nd of its 256 colours, and the last one; between them it is nearly straight.
constexpr std::array<Colour, 9> nodes{Colour{68, 1, 84},    Colour{71, 44, 122},  Colour{59, 82, 139},
                                      Colour{44, 113, 142}, Colour{33, 145, 140}, Colour{39, 173, 129},
                                      Colour{92, 200, 99},  Colour{170, 220, 50}, Colour{253, 231, 37}};

std::uint8_t between(std::uint8_t first, std::uint8_t second, double part) noexcept {
  return static_cast<std::uint8_t>(std::lround(first + part * (second - first)));
}

}  // namespace

double place_in(const ValueRange& range, double value) noexcept {
  if (!(range.most > range.least)) return 0;
  // Halves, since the width of a range may be more than the largest number.
  return std::clamp((value / 2 - range.least / 2) / (range.most / 2 - range.least / 2), 0.0, 1.0);
}

Colour viridis(double place) noexcept {
  const double at = std::clamp(place, 0.0, 1.0) * (nodes.size() - 1);
  const std::size_t node = std::min(static_cast<std::size_t>(at), nodes.size() - 2);
  const Colour& first = nodes[node];
  const Colour& second = nodes[node + 1];
  const double part = at - static_cast<double>(node);
  return {between(first.red, second.red, part), between(first.green, second.green, part),
          between(first.blue, second.blue, part)};
}

Colour colour_of(const ValueRange& range, double value) noexcept {
  return std::isfinite(value) ? viridis(place_in(range, value)) : not_finite;
}

}  // namespace tessera::tools
