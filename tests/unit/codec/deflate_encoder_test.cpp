#include "codec/deflate_encoder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include <tessera/error.hpp>

#include "chunks.hpp"

namespace tessera::codec::test {

namespace {

/// Every combination of the libraries that this build has.
std::vector<Libraries> all_libraries() {
  std::vector<Libraries> result{{false, false}};
  const Libraries built = Libraries::built_in();
  if (built.isal) result.push_back({true, false});
  if (built.libdeflate) result.push_back({false, true});
  if (built.isal && built.libdeflate) result.push_back({true, true});
  return result;
}

std::string name_of(const testing::TestParamInfo<Libraries>& info) {
  return std::string("zlib") + (info.param.isal ? "Isal" : "") + (info.param.libdeflate ? "Libdeflate" : "");
}

class DeflateEncoder : public testing::TestWithParam<Libraries> {
 protected:
  std::unique_ptr<Encoder> encoder(const Codec& codec) const { return make_deflate_encoder(codec, GetParam()); }

  std::size_t round_trip(const Bytes& bytes, std::size_t element_bytes, const Codec& codec = {}) const {
    FieldMemory memory;
    return expect_round_trip(*encoder(codec), codec, memory, {bytes, element_bytes, Arrangement::elements});
  }
};

INSTANTIATE_TEST_SUITE_P(Libraries, DeflateEncoder, testing::ValuesIn(all_libraries()), name_of);

TEST_P(DeflateEncoder, EmptyChunkHasSizeZero) { EXPECT_EQ(round_trip({}, 8), 0U); }

TEST_P(DeflateEncoder, EverySmallSize) {
  for (const std::size_t element : {1, 2, 4, 8}) {
    for (std::size_t count = 1; count < 140; ++count) round_trip(structured(count * element, count), element);
  }
}

TEST_P(DeflateEncoder, SizesAroundTheLongestStoredBlock) {
  for (const std::size_t element : {1, 2, 4, 8}) {
    for (const std::size_t plane : {65534, 65535, 65536, 131069, 131070, 131071}) {
      // Noise below a compressible plane: stored blocks followed by others.
      Bytes bytes = noise(plane * element, plane);
      for (std::size_t i = element - 1; i < bytes.size(); i += element)
        bytes[i] = static_cast<std::byte>(i / 999 & 0xff);
      round_trip(bytes, element);
    }
  }
}

TEST_P(DeflateEncoder, NoiseBecomesStoredBlocks) {
  for (const std::size_t element : {1, 2, 4, 8}) {
    for (const std::size_t size : {8, 800, 80000, 800000}) {
      for (const Codec codec : {Codec{4, true}, Codec{4, false}, Codec{9, true}}) {
        EXPECT_EQ(round_trip(noise(size, size), element, codec), encoded_capacity(codec, size));
      }
    }
  }
}

TEST_P(DeflateEncoder, PlanesBecomeTheSameStoredBlocks) {
  const Codec codec;
  FieldMemory memory;
  const Bytes bytes = noise(80000, 1);
  EXPECT_EQ(expect_round_trip(*encoder(codec), codec, memory, {bytes, 8, Arrangement::planes}),
            encoded_capacity(codec, 80000));
}

TEST_P(DeflateEncoder, WithoutShuffleConstantsShrinkToo) {
  EXPECT_LT(round_trip(Bytes(80000, std::byte{7}), 8, {4, false}), 1000U);
}

/// Readers get stored blocks faster than what saves next to nothing.
TEST_P(DeflateEncoder, WhatSavesLessThanAHundredthIsStored) {
  Bytes bytes = noise(80000, 1);
  std::fill_n(bytes.begin(), 500, std::byte{0});
  EXPECT_EQ(round_trip(bytes, 1), encoded_capacity({}, bytes.size()));
  std::fill_n(bytes.begin(), 5000, std::byte{0});
  EXPECT_LT(round_trip(bytes, 1), bytes.size());
}

TEST_P(DeflateEncoder, ElementsAndTheirPlanesGiveTheSameStream) {
  const Codec codec;
  const Bytes elements = smooth_field(32, 3);
  Bytes planes(elements.size());
  for (std::size_t i = 0; i < elements.size(); ++i) planes[i % 8 * (elements.size() / 8) + i / 8] = elements[i];
  Bytes from_elements(encoded_capacity(codec, elements.size()));
  Bytes from_planes(encoded_capacity(codec, elements.size()));
  FieldMemory memory;
  FieldMemory other_memory;
  const std::size_t a = encoder(codec)->encode({elements, 8, Arrangement::elements}, memory, from_elements);
  const std::size_t b = encoder(codec)->encode({planes, 8, Arrangement::planes}, other_memory, from_planes);
  ASSERT_EQ(a, b);
  EXPECT_TRUE(
      std::equal(from_elements.begin(), from_elements.begin() + static_cast<std::ptrdiff_t>(a), from_planes.begin()));
}

TEST_P(DeflateEncoder, ConstantsShrinkAThousandfold) {
  for (const std::size_t element : {1, 2, 4, 8}) {
    Bytes bytes(std::size_t{1} << 21);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i % element * 37);
    EXPECT_LT(round_trip(bytes, element), bytes.size() / 800);
  }
}

TEST_P(DeflateEncoder, EveryLevelRoundTripsAndHigherLevelsAreNotLarger) {
  const Bytes bytes = smooth_field(48, 3);
  std::size_t previous = bytes.size();
  for (int level = 1; level <= 9; ++level) {
    const std::size_t size = round_trip(bytes, 8, Codec::deflate(level));
    EXPECT_LE(size, previous + previous / 200) << level;
    previous = size;
  }
  EXPECT_LT(previous, bytes.size() / 2);
}

TEST_P(DeflateEncoder, LargestChunk) { round_trip(structured(std::size_t{16} << 20, 5), 8); }

TEST_P(DeflateEncoder, SmallRandomInputs) {
  const std::unique_ptr<Encoder> one_encoder = encoder(Codec{});
  FieldMemory memory;  // what was learnt of one chunk is wrong for the next
  Random random(7);
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    const std::size_t element = std::size_t{1} << random.below(4);
    const Bytes bytes = structured((1 + random.below(2000)) * element, seed);
    expect_round_trip(*one_encoder, Codec{}, memory, {bytes, element, Arrangement::elements});
    if (HasFailure()) FAIL() << "seed " << seed;
  }
}

TEST_P(DeflateEncoder, LargerRandomInputsAtEveryLevel) {
  std::vector<std::unique_ptr<Encoder>> encoders;
  for (int level = 1; level <= 9; ++level) encoders.push_back(encoder(Codec::deflate(level)));
  std::vector<FieldMemory> memories(encoders.size());
  Random random(8);
  for (std::uint64_t seed = 0; seed < 90; ++seed) {
    const std::size_t element = std::size_t{1} << random.below(4);
    const Bytes bytes = structured((1 + random.below(30000)) * element, seed);
    const Codec codec = Codec::deflate(1 + static_cast<int>(seed % 9));
    expect_round_trip(*encoders[seed % 9], codec, memories[seed % 9], {bytes, element, Arrangement::elements});
    if (HasFailure()) FAIL() << "seed " << seed;
  }
}

TEST_P(DeflateEncoder, SameSequenceAndMemoryGiveTheSameBytes) {
  FieldMemory memories[2];
  std::unique_ptr<Encoder> encoders[2]{encoder(Codec{}), encoder(Codec{})};
  FieldMemory foreign;
  Bytes out(encoded_capacity({}, 80000));
  encoders[1]->encode({noise(80000, 3), 8, Arrangement::elements}, foreign, out);  // another field in between
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Bytes bytes = seed % 2 == 0 ? smooth_field(20, static_cast<double>(seed)) : structured(64000, seed);
    Bytes outs[2]{Bytes(encoded_capacity({}, bytes.size())), Bytes(encoded_capacity({}, bytes.size()))};
    std::size_t sizes[2];
    for (int i = 0; i < 2; ++i) {
      sizes[i] = encoders[i]->encode({bytes, 8, Arrangement::elements}, memories[i], outs[i]);
      outs[i].resize(sizes[i]);
    }
    EXPECT_TRUE(outs[0] == outs[1]) << seed;
  }
}

TEST_P(DeflateEncoder, WrongSizesAreDefectsOfTheCaller) {
  FieldMemory memory;
  Bytes out(encoded_capacity({}, 64));
  const Bytes bytes(64);
  const std::unique_ptr<Encoder> one = encoder(Codec{});
  EXPECT_THROW(one->encode({std::span(bytes).first(63), 8, Arrangement::elements}, memory, out), Error);
  EXPECT_THROW(one->encode({bytes, 3, Arrangement::elements}, memory, out), Error);
  EXPECT_THROW(one->encode({bytes, 8, Arrangement::elements}, memory, std::span(out).first(out.size() - 1)), Error);
  EXPECT_THROW(encoder({4, false})->encode({bytes, 8, Arrangement::planes}, memory, out), Error);
}

}  // namespace

}  // namespace tessera::codec::test
