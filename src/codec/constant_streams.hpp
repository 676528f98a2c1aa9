#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "codec/codec.hpp"
#include "codec/zlib_stream.hpp"

namespace tessera::codec {

/// The zlib streams of chunks in which all elements are equal (fill values, what was not reached yet): made once, as
/// small as a library makes them, and copied from then on. Keeps the last 8 of them, a thousandth of their chunks'
/// sizes.
class ConstantStreams {
 public:
  explicit ConstantStreams(Compressors& compressors) : compressors_(compressors) {}

  static bool is_constant(const Chunk& chunk) noexcept;
  /// The stream of a constant chunk whose shuffled bytes are wanted, or as it is. Valid until the next call.
  std::span<const std::byte> stream(const Chunk& chunk, bool shuffled);

 private:
  struct Entry {
    std::uint64_t element = 0;  ///< its bytes
    std::size_t element_bytes = 0;
    std::size_t chunk_bytes = 0;
    bool shuffled = false;
    std::vector<std::byte> stream;
  };
  std::vector<std::byte> make_stream(const Chunk& chunk, bool shuffled);

  Compressors& compressors_;
  std::array<Entry, 8> entries_;
  std::size_t oldest_ = 0;
};

}  // namespace tessera::codec
