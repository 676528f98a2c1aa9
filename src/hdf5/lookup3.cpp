#include "hdf5/lookup3.hpp"

#include <bit>

namespace tessera::hdf5 {

namespace {

void mix(std::uint32_t& a, std::uint32_t& b, std::uint32_t& c) noexcept {
  a -= c, a ^= std::rotl(c, 4), c += b;
  b -= a, b ^= std::rotl(a, 6), a += c;
  c -= b, c ^= std::rotl(b, 8), b += a;
  a -= c, a ^= std::rotl(c, 16), c += b;
  b -= a, b ^= std::rotl(a, 19), a += c;
  c -= b, c ^= std::rotl(b, 4), b += a;
}

void finish(std::uint32_t& a, std::uint32_t& b, std::uint32_t& c) noexcept {
  c ^= b, c -= std::rotl(b, 14);
  a ^= c, a -= std::rotl(c, 11);
  b ^= a, b -= std::rotl(a, 25);
  c ^= b, c -= std::rotl(b, 16);
  a ^= c, a -= std::rotl(c, 4);
  b ^= a, b -= std::rotl(a, 14);
  c ^= b, c -= std::rotl(b, 24);
}

/// Up to four bytes, the first one lowest; zeros where there are fewer.
std::uint32_t word(std::span<const std::byte> bytes, std::size_t at) noexcept {
  std::uint32_t result = 0;
  for (std::size_t i = 0; i < 4 && at + i < bytes.size(); ++i) {
    result |= std::to_integer<std::uint32_t>(bytes[at + i]) << (8 * i);
  }
  return result;
}

}  // namespace

std::uint32_t lookup3(std::span<const std::byte> bytes) noexcept {
  constexpr std::size_t block = 12;
  std::uint32_t a = 0xdeadbeefU + static_cast<std::uint32_t>(bytes.size());
  std::uint32_t b = a;
  std::uint32_t c = a;
  if (bytes.empty()) return c;
  for (; bytes.size() > block; bytes = bytes.subspan(block)) {
    a += word(bytes, 0), b += word(bytes, 4), c += word(bytes, 8);
    mix(a, b, c);
  }
  a += word(bytes, 0), b += word(bytes, 4), c += word(bytes, 8);
  finish(a, b, c);
  return c;
}

}  // namespace tessera::hdf5
