#pragma once

#include <cstddef>
#include <span>

namespace tessera::codec {

/// What shuffle() is compared with: the same in a plain loop.
inline void shuffle_reference(std::span<const std::byte> elements, std::size_t element_bytes,
                              std::span<std::byte> planes) noexcept {
  const std::size_t count = elements.size() / element_bytes;
  for (std::size_t element = 0; element < count; ++element) {
    for (std::size_t byte = 0; byte < element_bytes; ++byte) {
      planes[byte * count + element] = elements[element * element_bytes + byte];
    }
  }
}

}  // namespace tessera::codec
