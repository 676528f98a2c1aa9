#pragma once

#include <cstddef>
#include <span>

namespace tessera::codec {

/// HDF5's shuffle: byte k of element i goes to planes[k * elements + i]. Both spans have the same size, a multiple of
/// element_bytes, and do not overlap. Elements of 2, 4 and 8 bytes run at the speed of memory.
void shuffle(std::span<const std::byte> elements, std::size_t element_bytes, std::span<std::byte> planes) noexcept;

/// The same for some elements of a chunk, the first of which has the number `first` in it: bytes of others stay.
/// \param planes of the whole chunk
void shuffle_part(std::span<const std::byte> elements, std::size_t element_bytes, std::size_t first,
                  std::span<std::byte> planes) noexcept;

}  // namespace tessera::codec
