#include "codec/constant_streams.hpp"

#include <algorithm>
#include <cstring>

#include <tessera/error.hpp>

#include "codec/checksum.hpp"

namespace tessera::codec {

bool ConstantStreams::is_constant(const Chunk& chunk) noexcept {
  const std::size_t size = chunk.bytes.size();
  return chunk.arrangement == Arrangement::elements && size > chunk.element_bytes &&
         std::memcmp(chunk.bytes.data(), chunk.bytes.data() + chunk.element_bytes, size - chunk.element_bytes) == 0;
}

std::vector<std::byte> ConstantStreams::make_stream(const Chunk& chunk, bool shuffled) {
  std::vector<std::byte> bytes(chunk.bytes.size());
  const std::size_t period = shuffled ? bytes.size() / chunk.element_bytes : 1;
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = chunk.bytes[i / period % chunk.element_bytes];
  std::vector<std::byte> result(bytes.size() / 64 + 1024);
  ZlibStream stream(result, compressors_);
  const Method method = compressors_.libraries().libdeflate ? libdeflate_method(4) : zlib_method(4);
  if (!stream.begin() || !stream.add(bytes, method, true) || !stream.end(adler32(bytes))) {
    throw Error(ErrorCode::internal, "equal elements do not become a sixty-fourth when compressed");
  }
  result.resize(stream.size());
  return result;
}

std::span<const std::byte> ConstantStreams::stream(const Chunk& chunk, bool shuffled) {
  std::uint64_t element = 0;
  std::memcpy(&element, chunk.bytes.data(), chunk.element_bytes);
  for (const Entry& entry : entries_) {
    if (entry.element == element && entry.element_bytes == chunk.element_bytes &&
        entry.chunk_bytes == chunk.bytes.size() && entry.shuffled == shuffled) {
      return entry.stream;
    }
  }
  Entry& entry = entries_[oldest_];
  oldest_ = (oldest_ + 1) % entries_.size();
  entry = {element, chunk.element_bytes, chunk.bytes.size(), shuffled, make_stream(chunk, shuffled)};
  return entry.stream;
}

}  // namespace tessera::codec
