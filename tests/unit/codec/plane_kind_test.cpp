#include "codec/plane_kind.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "chunks.hpp"

namespace tessera::codec::test {

namespace {

constexpr std::size_t plane_bytes = 256 << 10;

/// A byte that changes every `length` bytes.
Bytes steps(std::size_t length) {
  Bytes bytes(plane_bytes);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i / length * 37 & 0xff);
  return bytes;
}

TEST(KindOf, OneOtherByteIsNotConstant) {
  Bytes bytes(plane_bytes, std::byte{7});
  EXPECT_EQ(kind_of(bytes), PlaneKind::constant);
  bytes.back() = std::byte{8};
  EXPECT_EQ(kind_of(bytes), PlaneKind::still);
}

TEST(KindOf, StillCalmAndBusyBySizeOfSteps) {
  EXPECT_EQ(kind_of(steps(1000)), PlaneKind::still);
  EXPECT_EQ(kind_of(steps(10)), PlaneKind::calm);
  EXPECT_EQ(kind_of(steps(1)), PlaneKind::busy);
}

TEST(KindOf, NoiseIsRandomWhateverTheSeed) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    EXPECT_EQ(kind_of(noise(plane_bytes / 8, seed)), PlaneKind::random) << seed;
  }
  for (std::uint64_t seed = 0; seed < 100; ++seed)
    EXPECT_EQ(kind_of(noise(plane_bytes, seed)), PlaneKind::random) << seed;
}

TEST(KindOf, NoiseThatRepeatsIsNotRandom) {
  for (const std::size_t distance : {64, 4096, 20000, 31000}) {
    Bytes bytes = noise(plane_bytes, distance);
    for (std::size_t i = distance; i < bytes.size(); ++i) bytes[i] = bytes[i - distance];
    EXPECT_EQ(kind_of(bytes), PlaneKind::busy) << distance;
  }
}

TEST(KindOf, RepeatsBeyondTheReachOfDeflateAreRandom) {
  Bytes bytes = noise(plane_bytes, 1);
  for (std::size_t i = 60000; i < bytes.size(); ++i) bytes[i] = bytes[i - 60000];
  EXPECT_EQ(kind_of(bytes), PlaneKind::random);
}

TEST(KindOf, SevenBitsOfNoiseAreNotRandom) {
  Bytes bytes = noise(plane_bytes, 1);
  for (std::byte& byte : bytes) byte &= std::byte{0x7f};
  EXPECT_EQ(kind_of(bytes), PlaneKind::busy);
}

TEST(KindOf, NoiseWithAnEmptyPartIsCalm) {
  Bytes bytes = noise(plane_bytes, 1);
  std::fill_n(bytes.begin() + 100000, 40000, std::byte{0});
  EXPECT_EQ(kind_of(bytes), PlaneKind::calm);
}

TEST(KindOf, SmallPlanesAreNeverRandom) {
  for (std::size_t size = 1; size < 4096; size += 13) EXPECT_NE(kind_of(noise(size, size)), PlaneKind::random) << size;
}

}  // namespace

}  // namespace tessera::codec::test
