#include "codec/codec.hpp"

#include <array>
#include <string>

#include <tessera/error.hpp>

#include "codec/deflate_encoder.hpp"
#include "codec/no_encoder.hpp"

namespace tessera::codec {

namespace {

struct Entry {
  bool (*serves)(const Codec& codec);
  std::unique_ptr<Encoder> (*make)(const Codec& codec);
};

/// Every codec there is: one line each.
constexpr std::array<Entry, 2> registry{{
    {[](const Codec& codec) { return codec.level == 0; }, make_no_encoder},
    {[](const Codec& codec) { return codec.level >= 1 && codec.level <= 9; }, make_deflate_encoder},
}};

}  // namespace

std::unique_ptr<Encoder> make_encoder(const Codec& codec) {
  for (const Entry& entry : registry) {
    if (entry.serves(codec)) return entry.make(codec);
  }
  throw Error(ErrorCode::invalid_argument,
              "the codec level " + std::to_string(codec.level) + " is not between 0 (none) and 9");
}

}  // namespace tessera::codec
