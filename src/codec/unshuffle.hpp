#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tessera::codec {

/// Undoes shuffle(): the first byte of every element, then the second, ..., become elements. Bytes behind the last
/// whole element are copied as they are. Both sides have the same size and do not overlap.
void unshuffle(std::span<const std::byte> planes, std::size_t element_bytes, std::span<std::byte> elements) noexcept;

/// How results are stored. Past the caches is faster where they are more than caches hold, and nobody reads them soon.
enum class Stores : std::uint8_t { usual, past_caches };

/// The same of some elements: `elements` has room for them, and gets number `first` and those behind it. All are whole
/// elements of the planes.
void unshuffle_some(std::span<const std::byte> planes, std::size_t element_bytes, std::size_t first,
                    std::span<std::byte> elements, Stores stores) noexcept;

/// After stores past the caches, before this thread tells another one that they are done.
void end_stores() noexcept;

}  // namespace tessera::codec
