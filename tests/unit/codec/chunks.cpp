#include "chunks.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace tessera::codec::test {

Bytes noise(std::size_t size, std::uint64_t seed) {
  Random random(seed);
  Bytes bytes(size);
  std::ranges::generate(bytes, [&] { return random.byte(); });
  return bytes;
}

Bytes structured(std::size_t size, std::uint64_t seed) {
  Random random(seed);
  Bytes bytes;
  while (bytes.size() < size) {
    const std::uint64_t count = 1 + random.below(std::uint64_t{1} << random.below(15));
    const std::uint64_t kind = random.below(5);
    const std::byte value = random.byte();
    const std::size_t distance = bytes.empty() ? 0 : 1 + random.below(bytes.size());
    for (std::uint64_t i = 0; i < count; ++i) {
      switch (kind) {
        case 0: bytes.push_back(value); break;
        case 1: bytes.push_back(static_cast<std::byte>((i / 7) & 0xff)); break;
        case 2: bytes.push_back(distance == 0 ? value : bytes[bytes.size() - distance]); break;
        case 3: bytes.push_back(static_cast<std::byte>(random.below(5))); break;
        default: bytes.push_back(random.byte());
      }
    }
  }
  bytes.resize(size);
  return bytes;
}

Bytes smooth_field(std::size_t edge, double frequency) {
  std::vector<double> values;
  for (std::size_t z = 0; z < edge; ++z) {
    for (std::size_t y = 0; y < edge; ++y) {
      for (std::size_t x = 0; x < edge; ++x) {
        const auto at = [&](std::size_t i) { return frequency * static_cast<double>(i) / static_cast<double>(edge); };
        values.push_back(300 + 10 * std::sin(at(z)) * std::cos(at(y)) + std::sin(at(x)));
      }
    }
  }
  Bytes bytes(values.size() * sizeof(double));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

namespace {

Bytes inflated(const Bytes& stored, std::size_t size) {
  Bytes result(size);
  uLongf result_size = size;
  uLong consumed = stored.size();
  const int status = uncompress2(reinterpret_cast<Bytef*>(result.data()), &result_size,
                                 reinterpret_cast<const Bytef*>(stored.data()), &consumed);
  EXPECT_EQ(status, Z_OK);
  EXPECT_EQ(result_size, size);
  EXPECT_EQ(consumed, stored.size()) << "bytes behind the end of the stream";
  return result;
}

Bytes unshuffled(const Bytes& planes, std::size_t element_bytes) {
  Bytes elements(planes.size());
  const std::size_t count = planes.size() / element_bytes;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < element_bytes; ++k) elements[i * element_bytes + k] = planes[k * count + i];
  }
  return elements;
}

}  // namespace

Bytes decoded(const Bytes& stored, const Chunk& original, bool shuffle) {
  const Bytes bytes = inflated(stored, original.bytes.size());
  return shuffle ? unshuffled(bytes, original.element_bytes) : bytes;
}

std::size_t expect_round_trip(Encoder& encoder, const Codec& codec, FieldMemory& memory, const Chunk& chunk) {
  // Guard bytes behind the capacity that the encoder is promised.
  constexpr std::size_t guard = 64;
  constexpr auto guard_value = std::byte{0xa5};
  const std::size_t capacity = encoded_capacity(codec, chunk.bytes.size());
  Bytes out(capacity + guard, guard_value);
  const std::size_t size = encoder.encode(chunk, memory, std::span(out).first(capacity));
  EXPECT_LE(size, capacity);
  EXPECT_EQ(std::count(out.end() - guard, out.end(), guard_value), std::ptrdiff_t{guard});
  if (chunk.bytes.empty() || !has_filters(codec)) return size;
  const bool shuffle = uses_shuffle(codec, chunk.element_bytes);
  Bytes expected(chunk.bytes.begin(), chunk.bytes.end());
  if (chunk.arrangement == Arrangement::planes && shuffle) expected = unshuffled(expected, chunk.element_bytes);
  out.resize(size);
  EXPECT_TRUE(decoded(out, chunk, shuffle) == expected) << chunk.bytes.size() << " bytes, level " << codec.level;
  return size;
}

}  // namespace tessera::codec::test
