#include "codec/fletcher32.hpp"

#include <algorithm>

namespace tessera::codec {

namespace {

std::uint32_t folded(std::uint32_t sum) noexcept { return (sum & 0xffff) + (sum >> 16); }

}  // namespace

std::uint32_t fletcher32(std::span<const std::byte> bytes) noexcept {
  constexpr std::size_t most = 360;  // words until a sum could overflow
  const auto word = [&](std::size_t i) {
    const auto low = i + 1 < bytes.size() ? std::to_integer<std::uint32_t>(bytes[i + 1]) : 0;
    return std::to_integer<std::uint32_t>(bytes[i]) << 8 | low;
  };
  std::uint32_t sum1 = 0;
  std::uint32_t sum2 = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.size(), at + 2 * most);
    for (; at < end; at += 2) {
      sum1 += word(at);
      sum2 += sum1;
    }
    sum1 = folded(sum1);
    sum2 = folded(sum2);
  }
  return folded(sum2) << 16 | folded(sum1);
}

bool ends_with_fletcher32(std::span<const std::byte> bytes) noexcept {
  if (bytes.size() < fletcher32_bytes) return false;
  const auto stored = bytes.last(fletcher32_bytes);
  std::uint32_t value = 0;
  std::uint32_t swapped = 0;  // HDF5 before 1.6.3 on big-endian machines
  for (std::size_t i = 0; i < fletcher32_bytes; ++i) {
    value |= std::to_integer<std::uint32_t>(stored[i]) << (8 * i);
    swapped |= std::to_integer<std::uint32_t>(stored[i ^ 1]) << (8 * i);
  }
  const std::uint32_t sum = fletcher32(bytes.first(bytes.size() - fletcher32_bytes));
  return sum == value || sum == swapped;
}

}  // namespace tessera::codec
