#include "codec/no_encoder.hpp"

#include <algorithm>

#include <tessera/error.hpp>

#include "codec/check_chunk.hpp"

namespace tessera::codec {

namespace {

class NoEncoder final : public Encoder {
 public:
  std::size_t encode(const Chunk& chunk, FieldMemory& /*memory*/, std::span<std::byte> out) override {
    check_chunk(chunk, copy_capacity(chunk.bytes.size()), out);
    if (chunk.arrangement == Arrangement::planes && chunk.element_bytes > 1) {
      throw Error(ErrorCode::internal, "a dataset without a shuffle filter cannot store byte planes");
    }
    std::ranges::copy(chunk.bytes, out.begin());
    return chunk.bytes.size();
  }
};

}  // namespace

std::unique_ptr<Encoder> make_no_encoder(const Codec& /*codec*/) { return std::make_unique<NoEncoder>(); }

std::size_t copy_capacity(std::size_t chunk_bytes) noexcept { return chunk_bytes; }

std::size_t scratch_of_copy(const Codec& /*codec*/, std::size_t /*chunk_bytes*/) noexcept { return 0; }

}  // namespace tessera::codec
