#pragma once

#include "codec/codec.hpp"

namespace tessera::codec {

/// What every encoder demands of its arguments.
/// \throws Error internal when sizes are not as Encoder::encode documents
void check_chunk(const Chunk& chunk, std::span<const std::byte> out);

}  // namespace tessera::codec
