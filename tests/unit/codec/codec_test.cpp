#include "codec/codec.hpp"

#include <gtest/gtest.h>

#include <tessera/error.hpp>

#include "chunks.hpp"

namespace tessera::codec::test {

namespace {

TEST(MakeEncoder, LevelZeroCopiesAndSkipsNothing) {
  const Bytes bytes = structured(4096, 1);
  Bytes out(bytes.size());
  FieldMemory memory;
  const Encoded encoded = make_encoder(Codec::none())->encode({bytes, 8, Arrangement::elements}, memory, out);
  EXPECT_EQ(encoded.size, bytes.size());
  EXPECT_EQ(encoded.filter_mask, 0U);
  EXPECT_EQ(out, bytes);
}

TEST(MakeEncoder, LevelZeroHasNoFilterToUndoPlanes) {
  const Bytes bytes(64);
  Bytes out(64);
  FieldMemory memory;
  EXPECT_THROW(make_encoder(Codec::none())->encode({bytes, 8, Arrangement::planes}, memory, out), Error);
}

TEST(MakeEncoder, LevelsOneToNineCompress) {
  const Bytes bytes(1 << 16);
  Bytes out(bytes.size());
  for (int level = 1; level <= 9; ++level) {
    FieldMemory memory;
    const Encoded encoded = make_encoder(Codec::deflate(level))->encode({bytes, 8, Arrangement::elements}, memory, out);
    EXPECT_LT(encoded.size, 1000U);
  }
}

TEST(MakeEncoder, UnknownLevelsAreRefused) {
  EXPECT_THROW(make_encoder(Codec::deflate(10)), Error);
  EXPECT_THROW(make_encoder(Codec::deflate(-1)), Error);
}

TEST(UsesShuffle, NotForOneByteNorWithoutCompression) {
  EXPECT_TRUE(uses_shuffle(Codec{}, 2));
  EXPECT_FALSE(uses_shuffle(Codec{}, 1));
  EXPECT_FALSE(uses_shuffle(Codec{4, false}, 8));
  EXPECT_FALSE(uses_shuffle(Codec{0, true}, 8));
}

}  // namespace

}  // namespace tessera::codec::test
