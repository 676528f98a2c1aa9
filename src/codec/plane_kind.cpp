#include "codec/plane_kind.hpp"

#include <array>
#include <cstring>

namespace tessera::codec {

namespace {

bool is_constant(std::span<const std::byte> plane) noexcept {
  return plane.size() < 2 || std::memcmp(plane.data(), plane.data() + 1, plane.size() - 1) == 0;
}

/// Counts pairs of equal bytes in samples from all over the plane. Evenly distributed bytes have count^2 / 512 of them, give or
/// take 1 in 90; a plane whose Huffman code would save 1 % has 1 in 12 more.
bool looks_random(std::span<const std::byte> plane) noexcept {
  constexpr std::size_t pieces = 16;
  constexpr std::size_t piece = 128;
  constexpr std::size_t count = pieces * piece;
  if (plane.size() < 2 * count) return false;
  // Two tables: neighbouring bytes are often equal, and an increment waits for the one before it.
  std::array<std::array<std::uint16_t, 256>, 2> histogram{};
  const std::size_t distance = (plane.size() - piece) / (pieces - 1);
  for (std::size_t p = 0; p < pieces; ++p) {
    const std::span<const std::byte> sample = plane.subspan(p * distance, piece);
    for (std::size_t i = 0; i < piece; ++i) ++histogram[i % 2][static_cast<std::uint8_t>(sample[i])];
  }
  std::uint64_t squares = 0;
  for (std::size_t value = 0; value < 256; ++value) {
    const std::uint64_t n = std::uint64_t{histogram[0][value]} + histogram[1][value];
    squares += n * n;
  }
  constexpr std::uint64_t even = count * (count - 1) / 256 + count;  // the expected sum of squares
  return squares < even + even / 25;
}

}  // namespace

PlaneKind kind_of(std::span<const std::byte> plane) noexcept {
  if (is_constant(plane)) return PlaneKind::constant;
  return looks_random(plane) ? PlaneKind::random : PlaneKind::mixed;
}

}  // namespace tessera::codec
