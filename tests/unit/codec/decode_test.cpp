#include "codec/decode.hpp"

#include <gtest/gtest.h>

#include <tessera/error.hpp>

#include "chunks.hpp"
#include "codec/fletcher32.hpp"
#include "codec/unshuffle.hpp"

#include "../../support/shuffle_reference.hpp"

namespace tessera::codec::test {

namespace {

/// As a file has them: HDF5 adds the size of an element to shuffle's.
std::vector<Filter> stored_filters(const Codec& codec, std::size_t element_bytes) {
  std::vector<Filter> filters = filters_of(codec, element_bytes);
  for (Filter& filter : filters) {
    if (filter.number == 2) filter.parameters = {static_cast<unsigned>(element_bytes)};
  }
  return filters;
}

TEST(Unshuffle, UndoesThePlainLoop) {
  for (const std::size_t element : {1, 2, 3, 4, 8, 16}) {
    for (std::size_t count = 0; count < 100; ++count) {
      const Bytes elements = noise(element * count, count);
      Bytes planes(elements.size());
      Bytes back(elements.size());
      shuffle_reference(elements, element, planes);
      unshuffle(planes, element, back);
      ASSERT_TRUE(back == elements) << count << " elements of " << element << " bytes";
    }
  }
}

TEST(Unshuffle, CopiesWhatIsBehindTheLastElement) {
  const Bytes planes{std::byte{1}, std::byte{3}, std::byte{2}, std::byte{4}, std::byte{5}};
  Bytes elements(5);
  unshuffle(planes, 2, elements);
  EXPECT_EQ(elements, (Bytes{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}, std::byte{5}}));
}

/// From any element on, any number of them, to any address.
TEST(Unshuffle, SomeElements) {
  constexpr std::size_t count = 71;
  for (const std::size_t element : {2, 3, 4, 8}) {
    const Bytes elements = noise(element * count, element);
    Bytes planes(elements.size());
    shuffle_reference(elements, element, planes);
    for (std::size_t first = 0; first < count; ++first) {
      for (std::size_t end = first; end <= count; ++end) {
        for (const Stores stores : {Stores::usual, Stores::past_caches}) {
          Bytes memory(elements.size() + 64, std::byte{0xa5});
          const Bytes before = memory;
          const std::size_t at = 16 + first % 2 * 8 + end % 3;
          const std::size_t size = (end - first) * element;
          unshuffle_some(planes, element, first, std::span(memory).subspan(at, size), stores);
          end_stores();
          Bytes expected = before;
          std::copy_n(elements.begin() + static_cast<std::ptrdiff_t>(first * element), size,
                      expected.begin() + static_cast<std::ptrdiff_t>(at));
          ASSERT_TRUE(memory == expected) << element << " bytes, elements " << first << " to " << end;
        }
      }
    }
  }
}

/// Into its own memory a decoder gives the same, as planes where that saves a copy.
TEST(Decoder, LeavesPlanesToTheCaller) {
  const Bytes bytes = structured(8 * 3000, 1);
  Bytes planes(bytes.size());
  shuffle_reference(bytes, 8, planes);
  const std::vector<Filter> shuffle{{2, {8}}};
  Decoder decoder;
  const Decoded decoded = decoder.decode(shuffle, planes, 0, bytes.size());
  EXPECT_EQ(decoded.planes, 8u);
  EXPECT_EQ(decoded.bytes.data(), planes.data());
  EXPECT_EQ(decoder.decode(shuffle, bytes, 1, bytes.size()).planes, 1u);  // skipped
  EXPECT_EQ(decoder.decode({}, bytes, 0, bytes.size()).bytes.data(), bytes.data());
  EXPECT_THROW(decoder.decode(shuffle, planes, 0, bytes.size() - 8), Error);
  EXPECT_THROW(decoder.decode({}, bytes, 0, bytes.size() + 8), Error);
}

TEST(Decoder, UndoesTheEncoder) {
  Decoder decoder;
  for (const int level : {0, 1, 4, 9}) {
    for (const bool shuffle : {false, true}) {
      for (const std::size_t element : {1, 2, 4, 8}) {
        for (const std::size_t count : {1, 100, 30011}) {
          Codec codec;
          codec.level = level;
          codec.shuffle = shuffle;
          const Bytes bytes = structured(element * count, count);
          FieldMemory memory;
          Bytes stored(encoded_capacity(codec, bytes.size()));
          stored.resize(make_encoder(codec)->encode({bytes, element, Arrangement::elements}, memory, stored));
          const auto filters = stored_filters(codec, element);
          ASSERT_TRUE(can_decode(filters));
          Bytes back(bytes.size());
          decoder.decode(filters, stored, 0, back);
          ASSERT_TRUE(back == bytes) << to_string(codec) << ", " << count << " elements of " << element;
          const Decoded decoded = decoder.decode(filters, stored, 0, bytes.size());
          Bytes again(bytes.size());
          unshuffle(decoded.bytes, decoded.planes, again);
          ASSERT_TRUE(again == bytes) << to_string(codec) << ", as " << decoded.planes << " planes";
        }
      }
    }
  }
}

TEST(Decoder, SkipsWhatTheMaskSays) {
  const std::vector<Filter> filters{{2, {8}}, {1, {4}}, {3, {}}};
  const Bytes bytes = noise(800, 1);
  Bytes back(800);
  Decoder decoder;
  decoder.decode(filters, bytes, 7, back);
  EXPECT_EQ(back, bytes);
  Bytes planes(800);
  shuffle_reference(bytes, 8, planes);
  decoder.decode(filters, planes, 6, back);
  EXPECT_EQ(back, bytes);
}

TEST(Decoder, SeesWrongChecksums) {
  const std::vector<Filter> filters{{3, {}}};
  Bytes stored = noise(101, 1);
  const std::uint32_t sum = fletcher32(stored);
  for (std::size_t i = 0; i < 4; ++i) stored.push_back(static_cast<std::byte>(sum >> (8 * i)));
  Bytes back(101);
  Decoder decoder;
  EXPECT_NO_THROW(decoder.decode(filters, stored, 0, back));
  for (std::size_t at = 0; at < stored.size(); ++at) {
    Bytes wrong = stored;
    wrong[at] ^= std::byte{16};
    EXPECT_THROW(decoder.decode(filters, wrong, 0, back), Error) << at;
  }
}

/// In any order; of what deflate makes only the file knows the size.
TEST(Decoder, ChecksumOfACompressedChunk) {
  const std::vector<Filter> filters{{2, {8}}, {1, {4}}, {3, {}}};
  const Codec codec;
  const Bytes bytes = structured(8 * 500, 5);
  FieldMemory memory;
  Bytes stored(encoded_capacity(codec, bytes.size()));
  stored.resize(make_encoder(codec)->encode({bytes, 8, Arrangement::elements}, memory, stored));
  const std::uint32_t sum = fletcher32(stored);
  for (std::size_t i = 0; i < 4; ++i) stored.push_back(static_cast<std::byte>(sum >> (8 * i)));
  Bytes back(bytes.size());
  Decoder decoder;
  decoder.decode(filters, stored, 0, back);
  EXPECT_EQ(back, bytes);
  EXPECT_THROW(decoder.decode(filters, std::span(stored).first(3), 0, back), Error);
}

/// As HDF5 has it: computed with h5py, from a chunk of the values 0 .. 9 of one byte.
TEST(Fletcher32, IsHdf5s) {
  Bytes bytes;
  for (int i = 0; i < 10; ++i) bytes.push_back(static_cast<std::byte>(i));
  EXPECT_EQ(fletcher32(bytes), 0x28371419U);
}

/// Nothing but the chunk's own bytes, or an error.
TEST(Decoder, NeverGivesOtherBytes) {
  const Codec codec;
  const auto filters = stored_filters(codec, 8);
  const Bytes bytes = structured(8 * 2000, 3);
  FieldMemory memory;
  Bytes stored(encoded_capacity(codec, bytes.size()));
  stored.resize(make_encoder(codec)->encode({bytes, 8, Arrangement::elements}, memory, stored));
  Random random(4);
  Decoder decoder;
  int refused = 0;
  for (int round = 0; round < 2000; ++round) {
    Bytes wrong = stored;
    wrong[random.below(wrong.size())] = random.byte();
    if (round % 3 == 0) wrong.resize(random.below(wrong.size()));
    Bytes back(bytes.size());
    try {
      decoder.decode(filters, wrong, 0, back);
      ASSERT_TRUE(back == bytes) << "round " << round;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::hdf5);
      ++refused;
    }
  }
  EXPECT_GT(refused, 1000);
  Bytes longer(bytes.size() + 8);
  EXPECT_THROW(decoder.decode(filters, stored, 0, longer), Error);
  EXPECT_THROW(decoder.decode(filters, stored, 0, std::span(longer).first(bytes.size() - 8)), Error);
}

}  // namespace

}  // namespace tessera::codec::test
