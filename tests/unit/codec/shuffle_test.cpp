#include "codec/shuffle.hpp"

#include <gtest/gtest.h>

#include "../../support/shuffle_reference.hpp"
#include "chunks.hpp"

namespace tessera::codec::test {

namespace {

TEST(ShuffleReference, ThreeElementsOfTwoBytes) {
  const Bytes elements{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}, std::byte{5}, std::byte{6}};
  const Bytes expected{std::byte{1}, std::byte{3}, std::byte{5}, std::byte{2}, std::byte{4}, std::byte{6}};
  Bytes planes(6);
  shuffle_reference(elements, 2, planes);
  EXPECT_EQ(planes, expected);
}

TEST(Shuffle, EqualsThePlainLoop) {
  for (const std::size_t element : {1, 2, 4, 8}) {
    for (std::size_t count = 0; count < 300; ++count) {
      const Bytes elements = noise(element * count, count);
      Bytes planes(elements.size());
      Bytes expected(elements.size());
      shuffle(elements, element, planes);
      shuffle_reference(elements, element, expected);
      ASSERT_TRUE(planes == expected) << count << " elements of " << element << " bytes";
    }
  }
}

TEST(Shuffle, PartsOfAChunkOneByOne) {
  for (const std::size_t element : {1, 2, 4, 8}) {
    const std::size_t count = 1000;
    const Bytes elements = noise(element * count, element);
    Bytes planes(elements.size());
    Bytes expected(elements.size());
    std::size_t first = 0;
    for (const std::size_t part : {640, 1, 130, 229}) {
      shuffle_part(std::span(elements).subspan(first * element, part * element), element, first, planes);
      first += part;
    }
    shuffle_reference(elements, element, expected);
    EXPECT_TRUE(planes == expected) << "elements of " << element << " bytes";
  }
}

TEST(Shuffle, UnalignedMemory) {
  const Bytes elements = noise(8 * 200 + 3, 1);
  Bytes planes(8 * 200 + 5);
  Bytes expected(8 * 200);
  shuffle(std::span(elements).subspan(3), 8, std::span(planes).subspan(5));
  shuffle_reference(std::span(elements).subspan(3), 8, expected);
  EXPECT_TRUE(std::equal(expected.begin(), expected.end(), planes.begin() + 5));
}

}  // namespace

}  // namespace tessera::codec::test
