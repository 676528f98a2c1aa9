#pragma once

#include "codec/codec.hpp"

namespace tessera::codec {

/// What every encoder demands of its arguments. \param room that the codec takes
/// \throws Error internal when sizes are not as Encoder::encode documents
void check_chunk(const Chunk& chunk, std::size_t room, std::span<const std::byte> out);

}  // namespace tessera::codec
