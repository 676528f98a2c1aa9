#include "codec/last_block.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include "chunks.hpp"

namespace tessera::codec::test {

namespace {

/// Raw deflate by zlib: level and strategy decide which types of block there are.
Bytes deflated(const Bytes& bytes, int level, int strategy, int memory_level) {
  z_stream stream{};
  deflateInit2(&stream, level, Z_DEFLATED, -15, memory_level, strategy);
  Bytes out(deflateBound(&stream, bytes.size()) + 64);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// The witness: zlib's inflate stops behind every block and says how many bits of the byte it did not use, and whether
/// the block was the last one.
LastBlock by_inflate(const Bytes& stream, std::size_t size) {
  Bytes out(size + 1);
  z_stream state{};
  inflateInit2(&state, -15);
  state.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(stream.data()));
  state.avail_in = static_cast<uInt>(stream.size());
  state.next_out = reinterpret_cast<Bytef*>(out.data());
  state.avail_out = static_cast<uInt>(out.size());
  const auto position = [&] { return 8 * state.total_in - static_cast<std::size_t>(state.data_type & 7); };
  LastBlock result;
  int status = Z_OK;
  while (status == Z_OK) {
    status = inflate(&state, Z_BLOCK);
    if (status == Z_OK) ((state.data_type & 64) == 0 ? result.header_bit : result.end_bit) = position();
  }
  EXPECT_EQ(status, Z_STREAM_END);
  inflateEnd(&state);
  return result;
}

void expect_same(const Bytes& bytes, const Bytes& stream) {
  const std::optional<LastBlock> found = find_last_block(stream);
  ASSERT_TRUE(found.has_value());
  const LastBlock expected = by_inflate(stream, bytes.size());
  EXPECT_EQ(found->header_bit, expected.header_bit);
  EXPECT_EQ(found->end_bit, expected.end_bit);
}

TEST(FindLastBlock, AgreesWithInflateOnStreamsOfManyKinds) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Bytes bytes = structured(1 + seed * 97, seed);
    for (const int level : {0, 1, 6}) {
      for (const int strategy : {Z_DEFAULT_STRATEGY, Z_HUFFMAN_ONLY, Z_FIXED}) {
        expect_same(bytes, deflated(bytes, level, strategy, 1));  // little memory: many blocks
      }
    }
    if (HasFailure()) FAIL() << "seed " << seed;
  }
}

TEST(FindLastBlock, LongStreams) {
  for (const Bytes& bytes : {noise(500000, 1), structured(2000000, 2), smooth_field(40, 5)}) {
    expect_same(bytes, deflated(bytes, 6, Z_DEFAULT_STRATEGY, 8));
  }
}

TEST(FindLastBlock, NothingInATruncatedStream) {
  const Bytes bytes = structured(3000, 4);
  const Bytes stream = deflated(bytes, 6, Z_DEFAULT_STRATEGY, 8);
  for (std::size_t size = 0; size < stream.size(); ++size) {
    EXPECT_FALSE(find_last_block(std::span(stream).first(size)).has_value()) << size;
  }
}

TEST(FindLastBlock, AnyBytesEndTheWalk) {
  for (std::uint64_t seed = 0; seed < 20000; ++seed) find_last_block(noise(1 + seed % 300, seed));
}

}  // namespace

}  // namespace tessera::codec::test
