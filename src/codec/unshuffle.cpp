#include "codec/unshuffle.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "codec/byte_vectors.hpp"

namespace tessera::codec {

namespace {

/// Planes of `count` bytes each, from the byte of element `first` on; and the elements that they become.
struct Part {
  const std::byte* planes;
  std::size_t count;
  std::size_t first;
  std::span<std::byte> elements;
  Stores stores = Stores::usual;
};

/// Element number `done` of the part and those behind it.
void unshuffle_bytes(const Part& part, std::size_t element_bytes, std::size_t done) noexcept {
  const std::size_t end = part.elements.size() / element_bytes;
  for (std::size_t k = 0; k < element_bytes; ++k) {
    const std::byte* plane = part.planes + k * part.count + part.first;
    for (std::size_t i = done; i < end; ++i) part.elements[i * element_bytes + k] = plane[i];
  }
}

#ifdef TESSERA_BYTE_VECTORS

/// 16 elements at a time, whose bytes fill a vector of every plane; returns how many elements are done.
template <std::size_t N>
std::size_t unshuffle_vectors(const Part& part) noexcept {
  constexpr std::size_t width = 16;
  const std::size_t end = part.elements.size() / N;
  const auto vectors_at = [&](std::size_t i) {
    std::array<Bytes16, N> rows;
    for (std::size_t k = 0; k < N; ++k) std::memcpy(&rows[k], part.planes + k * part.count + part.first + i, width);
    interleave<std::countr_zero(N)>(rows);
    return rows;
  };
  std::byte* const to = part.elements.data();
  const bool streams =
      part.stores == Stores::past_caches && reinterpret_cast<std::uintptr_t>(to) % sizeof(Bytes16) == 0;
  std::size_t done = 0;
  for (; done + width <= end; done += width) {
    const auto rows = vectors_at(done);
    if (streams) {
      stream(to + done * N, rows);
    } else {
      std::memcpy(to + done * N, rows.data(), sizeof(rows));
    }
  }
  if (done == end || part.first + done + width > part.count) return done;
  const auto rows = vectors_at(done);  // the last ones with some behind them
  std::memcpy(to + done * N, rows.data(), (end - done) * N);
  return end;
}

#else

template <std::size_t N>
std::size_t unshuffle_vectors(const Part&) noexcept {
  return 0;
}

#endif

void unshuffle_part(const Part& part, std::size_t element_bytes) noexcept {
  std::size_t done = 0;
  switch (element_bytes) {
    case 2: done = unshuffle_vectors<2>(part); break;
    case 4: done = unshuffle_vectors<4>(part); break;
    case 8: done = unshuffle_vectors<8>(part); break;
    default: break;
  }
  unshuffle_bytes(part, element_bytes, done);
}

}  // namespace

void unshuffle(std::span<const std::byte> planes, std::size_t element_bytes, std::span<std::byte> elements) noexcept {
  const std::size_t count = elements.size() / element_bytes;
  const std::size_t whole = count * element_bytes;
  unshuffle_part({planes.data(), count, 0, elements.first(whole), Stores::usual}, element_bytes);
  std::ranges::copy(planes.subspan(whole), elements.begin() + static_cast<std::ptrdiff_t>(whole));
}

void unshuffle_some(std::span<const std::byte> planes, std::size_t element_bytes, std::size_t first,
                    std::span<std::byte> elements, Stores stores) noexcept {
  unshuffle_part({planes.data(), planes.size() / element_bytes, first, elements, stores}, element_bytes);
}

void end_stores() noexcept {
#ifdef TESSERA_BYTE_VECTORS
  end_stream();
#endif
}

}  // namespace tessera::codec
