#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/// \file
/// Vectors of 16 bytes, for the two directions of the shuffle. Compilers without them use plain loops.

#if defined(__GNUC__) && defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector)
#define TESSERA_BYTE_VECTORS
#endif
#endif

#ifdef TESSERA_BYTE_VECTORS

namespace tessera::codec {

using Bytes16 = std::uint8_t __attribute__((vector_size(16)));

inline Bytes16 interleave_low(Bytes16 a, Bytes16 b) noexcept {
  return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
inline Bytes16 interleave_high(Bytes16 a, Bytes16 b) noexcept {
  return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/// Interleaves the two halves of 16 * N bytes so many times; each time the bits of every byte's address are rotated by
/// one. The address of a byte in 16 elements of N bytes is its element's number (4 bits), then its number in the
/// element: after four rounds the two have changed places, and after log2(N) more they are back.
template <int rounds, std::size_t N>
void interleave(std::array<Bytes16, N>& rows) noexcept {
  for (int round = 0; round < rounds; ++round) {
    std::array<Bytes16, N> next;
    for (std::size_t i = 0; i < N / 2; ++i) {
      next[2 * i] = interleave_low(rows[i], rows[i + N / 2]);
      next[2 * i + 1] = interleave_high(rows[i], rows[i + N / 2]);
    }
    rows = next;
  }
}

/// Stores whole vectors of 16 bytes past the caches, which then need not fetch first what is overwritten.
template <std::size_t N>
void stream(std::byte* aligned, const std::array<Bytes16, N>& rows) noexcept {
#ifdef __SSE2__
  for (std::size_t k = 0; k < N; ++k) {
    _mm_stream_si128(reinterpret_cast<__m128i*>(aligned + 16 * k), std::bit_cast<__m128i>(rows[k]));
  }
#else
  std::memcpy(aligned, rows.data(), sizeof(rows));
#endif
}

/// Other threads see these stores when they see what comes later.
inline void end_stream() noexcept {
#ifdef __SSE2__
  _mm_sfence();
#endif
}

}  // namespace tessera::codec

#endif
