#include "codec/check_chunk.hpp"

#include <bit>
#include <string>

#include <tessera/error.hpp>

namespace tessera::codec {

void check_chunk(const Chunk& chunk, std::size_t capacity, std::span<const std::byte> out) {
  const std::size_t size = chunk.bytes.size();
  const std::size_t element = chunk.element_bytes;
  const bool good_element = std::has_single_bit(element) && element <= detail::max_element_bytes;
  if (!good_element || size % element != 0 || size > std::size_t{max_chunk_bytes} || out.size() < capacity) {
    throw Error(ErrorCode::internal, "cannot encode a chunk of " + std::to_string(size) + " bytes with elements of " +
                                         std::to_string(element) + " into " + std::to_string(out.size()) + " bytes");
  }
}

}  // namespace tessera::codec
