#include "codec/no_encoder.hpp"

#include <algorithm>

#include <tessera/error.hpp>

#include "codec/check_chunk.hpp"

namespace tessera::codec {

namespace {

class NoEncoder final : public Encoder {
 public:
  Encoded encode(const Chunk& chunk, FieldMemory& /*memory*/, std::span<std::byte> out) override {
    check_chunk(chunk, out);
    if (chunk.arrangement == Arrangement::planes && chunk.element_bytes > 1) {
      throw Error(ErrorCode::internal, "a dataset without a shuffle filter cannot store byte planes");
    }
    std::ranges::copy(chunk.bytes, out.begin());
    return {chunk.bytes.size(), 0};
  }
};

}  // namespace

std::unique_ptr<Encoder> make_no_encoder(const Codec& /*codec*/) { return std::make_unique<NoEncoder>(); }

}  // namespace tessera::codec
