#pragma once

#include "codec/codec.hpp"

namespace tessera::codec {

/// What every encoder demands of its arguments. \param capacity the bytes that the codec may need
/// \throws Error internal when sizes are not as Encoder::encode documents
void check_chunk(const Chunk& chunk, std::size_t capacity, std::span<const std::byte> out);

}  // namespace tessera::codec
