#pragma once

#include "codec/codec.hpp"

namespace tessera::codec {

/// Level 0: a dataset without filters; chunks are copied. Also the one to start a new codec from.
std::unique_ptr<Encoder> make_no_encoder(const Codec& codec);

std::size_t copy_capacity(std::size_t chunk_bytes) noexcept;
std::size_t scratch_of_copy(const Codec& codec, std::size_t chunk_bytes) noexcept;

}  // namespace tessera::codec
