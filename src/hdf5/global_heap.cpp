#include "hdf5/global_heap.hpp"

#include <array>
#include <bitset>
#include <cstdint>
#include <cstring>

#include "base/round_up.hpp"

namespace tessera::hdf5 {

namespace {

constexpr std::size_t header_bytes = 16;  ///< of the heap, and of each object
constexpr std::size_t size_at = 8;        ///< in both

std::uint64_t number(std::span<const std::byte> block, std::size_t at, std::size_t bytes) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = bytes; i-- > 0;) value = value << 8 | std::to_integer<std::uint64_t>(block[at + i]);
  return value;
}

}  // namespace

bool is_sound_heap(std::span<const std::byte> block) noexcept {
  constexpr std::size_t smallest = 4096;
  if (block.size() < smallest || std::memcmp(block.data(), "GCOL", 4) != 0) return true;
  const std::uint64_t size = number(block, size_at, 8);
  if (size < smallest) return false;
  if (size > block.size()) return true;  // its begin, read to know how long it is
  std::bitset<65536> indices;
  for (std::uint64_t at = header_bytes; at < size;) {
    if (size - at < header_bytes) return true;  // too little for an object
    const std::uint64_t index = number(block, at, 2);
    const bool is_free = index == 0;
    if (!is_free && indices[index]) return false;
    indices.set(index);
    const std::uint64_t bytes = number(block, at + size_at, 8);
    // Free space counts its header; an object has one, and begins at a multiple of 8.
    if (bytes > size - at || (is_free && (bytes < header_bytes || at + bytes != size))) return false;
    at += is_free ? bytes : header_bytes + round_up(bytes, std::uint64_t{8});
    if (at > size) return false;
  }
  return true;
}

std::optional<std::vector<std::byte>> read_heap(std::uint64_t address, const HeapSource& source) {
  if (source.end < source.base + header_bytes || address > source.end - source.base - header_bytes) return {};
  std::array<std::byte, header_bytes> header{};
  source.read(source.base + address, header);
  if (std::memcmp(header.data(), "GCOL", 4) != 0) return {};
  std::vector<std::byte> heap;
  const std::uint64_t size = number(header, size_at, 8);
  if (size < header_bytes || size > source.end - source.base - address) return heap;
  heap.resize(size);
  source.read(source.base + address, heap);
  if (!is_sound_heap(heap)) heap.clear();
  return heap;
}

std::span<const std::byte> object_in(std::span<const std::byte> heap, std::uint64_t sought) noexcept {
  for (std::uint64_t at = header_bytes; at < heap.size() && heap.size() - at >= header_bytes;) {
    const std::uint64_t index = number(heap, at, 2);
    const std::uint64_t bytes = number(heap, at + size_at, 8);
    if (index == 0) break;  // the rest is free
    at += header_bytes;
    if (index == sought) return heap.subspan(at, bytes);
    at += round_up(bytes, std::uint64_t{8});
  }
  return {};
}

}  // namespace tessera::hdf5
