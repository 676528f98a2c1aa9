#include "codec/codec.hpp"

#include <array>

#include <tessera/error.hpp>

#include "codec/deflate_encoder.hpp"
#include "codec/no_encoder.hpp"

namespace tessera::codec {

namespace {

struct Entry {
  bool (*serves)(const Codec& codec);
  std::unique_ptr<Encoder> (*make)(const Codec& codec);
  std::size_t (*capacity)(std::size_t chunk_bytes);                     ///< encoded_capacity
  std::size_t (*scratch)(const Codec& codec, std::size_t chunk_bytes);  ///< scratch_bytes
};

/// Every codec there is: one line each.
constexpr std::array<Entry, 2> registry{{
    {[](const Codec& codec) { return codec.level == 0; }, make_no_encoder, copy_capacity, scratch_of_copy},
    {[](const Codec& codec) { return codec.level >= 1 && codec.level <= 9; }, make_deflate_encoder, deflate_capacity,
     scratch_of_deflate},
}};

const Entry& entry_of(const Codec& codec) {
  for (const Entry& entry : registry) {
    if (entry.serves(codec)) return entry;
  }
  check_codec(codec, "a dataset");
  throw Error(ErrorCode::internal, "no encoder is registered for the codec " + to_string(codec));
}

}  // namespace

std::unique_ptr<Encoder> make_encoder(const Codec& codec) { return entry_of(codec).make(codec); }

std::size_t encoded_capacity(const Codec& codec, std::size_t chunk_bytes) {
  return entry_of(codec).capacity(chunk_bytes);
}

std::size_t scratch_bytes(const Codec& codec, std::size_t chunk_bytes) {
  return entry_of(codec).scratch(codec, chunk_bytes);
}

}  // namespace tessera::codec
