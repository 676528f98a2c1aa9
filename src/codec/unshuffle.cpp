#include "codec/unshuffle.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "codec/byte_vectors.hpp"

namespace tessera::codec {

namespace {

/// Element number `first` and those behind it.
void unshuffle_from(std::size_t first, std::span<const std::byte> planes, std::size_t element_bytes,
                    std::span<std::byte> elements) noexcept {
  const std::size_t count = elements.size() / element_bytes;
  for (std::size_t k = 0; k < element_bytes; ++k) {
    for (std::size_t i = first; i < count; ++i) elements[i * element_bytes + k] = planes[k * count + i];
  }
  const std::size_t whole = count * element_bytes;
  std::ranges::copy(planes.subspan(whole), elements.begin() + static_cast<std::ptrdiff_t>(whole));
}

#ifdef TESSERA_BYTE_VECTORS

/// 16 elements at a time, whose bytes fill a vector of every plane; returns how many elements are done.
template <std::size_t N>
std::size_t unshuffle_vectors(std::span<const std::byte> planes, std::span<std::byte> elements) noexcept {
  constexpr std::size_t width = 16;
  const std::size_t count = elements.size() / N;
  std::size_t done = 0;
  for (; done + width <= count; done += width) {
    std::array<Bytes16, N> rows;
    for (std::size_t k = 0; k < N; ++k) std::memcpy(&rows[k], planes.data() + k * count + done, width);
    interleave<std::countr_zero(N)>(rows);
    std::memcpy(elements.data() + done * N, rows.data(), sizeof(rows));
  }
  return done;
}

#else

template <std::size_t N>
std::size_t unshuffle_vectors(std::span<const std::byte>, std::span<std::byte>) noexcept {
  return 0;
}

#endif

}  // namespace

void unshuffle(std::span<const std::byte> planes, std::size_t element_bytes, std::span<std::byte> elements) noexcept {
  std::size_t done = 0;
  switch (element_bytes) {
    case 2: done = unshuffle_vectors<2>(planes, elements); break;
    case 4: done = unshuffle_vectors<4>(planes, elements); break;
    case 8: done = unshuffle_vectors<8>(planes, elements); break;
    default: break;
  }
  unshuffle_from(done, planes, element_bytes, elements);
}

}  // namespace tessera::codec
