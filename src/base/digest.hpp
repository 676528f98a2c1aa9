#pragma once

#include <cstdint>
#include <string_view>

namespace tessera {

/// FNV-1a, 64 bits: tells calls of different ranks apart; not for anything an adversary touches.
/// Source: http://www.isthe.com/chongo/tech/comp/fnv/
constexpr std::uint64_t digest(std::string_view bytes) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char byte : bytes) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= 0x100000001b3u;
  }
  return hash;
}

}  // namespace tessera
