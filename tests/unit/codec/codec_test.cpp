#include "codec/codec.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include <tessera/error.hpp>

#include "chunks.hpp"

namespace tessera::codec::test {

namespace {

TEST(MakeEncoder, LevelZeroCopies) {
  const Bytes bytes = structured(4096, 1);
  Bytes out(bytes.size());
  FieldMemory memory;
  EXPECT_EQ(make_encoder(Codec::none())->encode({bytes, 8, Arrangement::elements}, memory, out), bytes.size());
  EXPECT_EQ(out, bytes);
  EXPECT_EQ(encoded_capacity(Codec::none(), bytes.size()), bytes.size());
}

TEST(MakeEncoder, LevelZeroHasNoFilterToUndoPlanes) {
  const Bytes bytes(64);
  Bytes out(64);
  FieldMemory memory;
  EXPECT_THROW(make_encoder(Codec::none())->encode({bytes, 8, Arrangement::planes}, memory, out), Error);
}

TEST(MakeEncoder, LevelsOneToNineCompress) {
  const Bytes bytes(1 << 16);
  Bytes out(encoded_capacity(Codec{}, bytes.size()));
  for (int level = 1; level <= 9; ++level) {
    FieldMemory memory;
    EXPECT_LT(make_encoder(Codec::deflate(level))->encode({bytes, 8, Arrangement::elements}, memory, out), 1000U);
  }
}

TEST(MakeEncoder, UnknownLevelsAreRefused) {
  EXPECT_THROW(make_encoder(Codec::deflate(10)), Error);
  EXPECT_THROW(make_encoder(Codec::deflate(-1)), Error);
  EXPECT_THROW(encoded_capacity(Codec::deflate(10), 1), Error);
  EXPECT_THROW(check_codec(Codec::deflate(10), "a field"), Error);
}

/// RFC 1950 and 1951: two bytes, five for each block of at most 65,535 bytes, four for the checksum.
TEST(EncodedCapacity, StoredBlocks) {
  EXPECT_EQ(encoded_capacity(Codec{}, 1), 12U);
  EXPECT_EQ(encoded_capacity(Codec{}, 65535), 65535U + 11);
  EXPECT_EQ(encoded_capacity(Codec{}, 65536), 65536U + 16);
  EXPECT_LT(encoded_capacity(Codec{}, std::size_t{max_chunk_bytes}), std::size_t{1} << 32)
      << "HDF5 keeps sizes in 32 bits";
}

TEST(UsesShuffle, NotForOneByteNorWithoutCompression) {
  EXPECT_TRUE(uses_shuffle(Codec{}, 2));
  EXPECT_FALSE(uses_shuffle(Codec{}, 1));
  EXPECT_FALSE(uses_shuffle(Codec{4, false}, 8));
  EXPECT_FALSE(uses_shuffle(Codec{0, true}, 8));
}

/// What says whether a dataset has filters, and which, agrees for every codec.
TEST(FiltersOf, EveryCodecOnce) {
  std::set<std::string> texts;
  for (int level = 0; level <= 9; ++level) {
    for (const bool shuffle : {false, true}) {
      const Codec codec{level, shuffle};
      EXPECT_NO_THROW(check_codec(codec, "a field"));
      EXPECT_TRUE(texts.insert(to_string(codec)).second) << to_string(codec) << ": ranks that differ have to notice";
      const auto filters = filters_of(codec, 8);
      EXPECT_EQ(has_filters(codec), !filters.empty());
      EXPECT_EQ(compresses(codec), !filters.empty());
      EXPECT_EQ(filters.size(), level == 0 ? 0U : shuffle ? 2U : 1U);
      if (filters.empty()) continue;
      EXPECT_EQ(codec_of(filters), codec) << "what a reader makes of the file";
      EXPECT_EQ(filters.back().number, 1);
      EXPECT_EQ(filters.back().parameters, std::vector<unsigned>{static_cast<unsigned>(level)});
      EXPECT_EQ(filters.front().number, shuffle ? 2 : 1);
    }
  }
}

TEST(FiltersOf, AreToldInTheirOrder) {
  EXPECT_EQ(describe_filters(Codec{}, 8), "shuffle + deflate level 4");
  EXPECT_EQ(describe_filters(Codec{}, 1), "deflate level 4");
  EXPECT_EQ(describe_filters(Codec::none(), 8), "not compressed");
}

/// Files of other programs: filters that are none of ours, a deflate filter without its parameter.
TEST(CodecOf, PassesOverWhatItDoesNotKnow) {
  EXPECT_EQ(codec_of({}), Codec::none());
  EXPECT_EQ(codec_of({{32015, {3}}, {1, {7}}}), (Codec{7, false}));
  EXPECT_EQ(codec_of({{2, {8}}, {1, {}}}), (Codec{0, true}));
}

}  // namespace

}  // namespace tessera::codec::test
