#pragma once

#include <cstddef>
#include <span>

namespace tessera::codec {

/// Undoes shuffle(): the first byte of every element, then the second, ..., become elements. Bytes behind the last
/// whole element are copied as they are. Both sides have the same size and do not overlap.
void unshuffle(std::span<const std::byte> planes, std::size_t element_bytes, std::span<std::byte> elements) noexcept;

}  // namespace tessera::codec
