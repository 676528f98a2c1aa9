#pragma once

#include "codec/codec.hpp"
#include "codec/method.hpp"

namespace tessera::codec {

/// Levels 1 to 9: shuffle (where the codec has it) and deflate, plane by plane, with what libraries Tessera was built
/// with.
std::unique_ptr<Encoder> make_deflate_encoder(const Codec& codec);

/// What stored blocks take.
std::size_t deflate_capacity(std::size_t chunk_bytes) noexcept;
/// A shuffled chunk, and what the compressors keep.
std::size_t scratch_of_deflate(const Codec& codec, std::size_t chunk_bytes) noexcept;

/// The same with only these libraries beside zlib; those that Tessera was built without must not be named.
std::unique_ptr<Encoder> make_deflate_encoder(const Codec& codec, Libraries libraries);

}  // namespace tessera::codec
