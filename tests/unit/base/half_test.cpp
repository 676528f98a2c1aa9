#include "base/half.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "base/bfloat16.hpp"
#include "base/convert.hpp"

namespace tessera {
namespace {

using detail::BFloat16;
using detail::Half;

TEST(Half, ComesBackFromFloatAndDouble) {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const Half half{static_cast<std::uint16_t>(bits)};
    const float value = to_float(half);
    if ((bits & 0x7fffu) > 0x7c00u) {
      EXPECT_TRUE(std::isnan(value));
      EXPECT_TRUE(std::isnan(to_float(to_half(static_cast<double>(value)))));
      continue;
    }
    ASSERT_EQ(to_half(static_cast<double>(value)).bits, bits);
  }
}

/// Between two neighbours: the nearer one, and of equally near ones the even one.
TEST(Half, RoundsToNearestAndTiesToEven) {
  for (std::uint16_t bits = 0; bits < 0x7bff; ++bits) {
    const double low = to_float(Half{bits});
    const double high = to_float(Half{static_cast<std::uint16_t>(bits + 1)});
    const double middle = (low + high) / 2;
    const int even = bits % 2 == 0 ? bits : bits + 1;
    ASSERT_EQ(to_half(middle).bits, even) << bits;
    ASSERT_EQ(to_half(std::nextafter(middle, 0.0)).bits, bits) << bits;
    ASSERT_EQ(to_half(std::nextafter(middle, 1e9)).bits, bits + 1) << bits;
    ASSERT_EQ(to_half(-middle).bits, even | 0x8000) << bits;
  }
}

TEST(Half, OfWhatIsTooLargeIsInfinite) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(to_half(65504).bits, 0x7bff);
  EXPECT_EQ(to_half(std::nextafter(65520.0, 0.0)).bits, 0x7bff);
  EXPECT_EQ(to_half(65520).bits, 0x7c00);
  EXPECT_EQ(to_half(-1e300).bits, 0xfc00);
  EXPECT_EQ(to_half(infinity).bits, 0x7c00);
  EXPECT_EQ(to_half(-0.0).bits, 0x8000);
}

/// Once, not first to float.
TEST(Half, OfADoubleIsRoundedOnce) {
  EXPECT_EQ(to_half(1 + 0x1p-11 + 0x1p-40).bits, to_half(1 + 0x1p-10).bits);
  const double given = 1 + 0x1p-11 + 0x1p-40;
  std::vector<std::byte> bytes(sizeof given);
  std::memcpy(bytes.data(), &given, sizeof given);
  const auto half = converted(bytes, DataType::float64, DataType::float16);
  ASSERT_EQ(half.size(), 2u);
  EXPECT_EQ(half[0], std::byte{0x01});
}

TEST(BFloat16, ComesBackFromFloatAndDouble) {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const float value = to_float(BFloat16{static_cast<std::uint16_t>(bits)});
    EXPECT_EQ(std::bit_cast<std::uint32_t>(value), bits << 16);
    if ((bits & 0x7fffu) > 0x7f80u) {
      ASSERT_EQ(to_bfloat16(value).bits, (bits & 0x8000u) | 0x7fc0u) << bits;  // quiet
      ASSERT_EQ(to_bfloat16(static_cast<double>(value)).bits, (bits & 0x8000u) | 0x7fc0u) << bits;
      continue;
    }
    ASSERT_EQ(to_bfloat16(value).bits, bits);
    ASSERT_EQ(to_bfloat16(static_cast<double>(value)).bits, bits);
  }
}

TEST(BFloat16, RoundsToNearestAndTiesToEven) {
  for (std::uint16_t bits = 0; bits < 0x7f7f; ++bits) {
    const double low = to_float(BFloat16{bits});
    const double high = to_float(BFloat16{static_cast<std::uint16_t>(bits + 1)});
    const double middle = (low + high) / 2;
    const int even = bits % 2 == 0 ? bits : bits + 1;
    ASSERT_EQ(to_bfloat16(middle).bits, even) << bits;
    ASSERT_EQ(to_bfloat16(std::nextafter(middle, 0.0)).bits, bits) << bits;
    ASSERT_EQ(to_bfloat16(std::nextafter(middle, 1e39)).bits, bits + 1) << bits;
    ASSERT_EQ(to_bfloat16(-middle).bits, even | 0x8000) << bits;
    const auto single = static_cast<float>(middle);  // exact
    ASSERT_EQ(to_bfloat16(single).bits, even) << bits;
    ASSERT_EQ(to_bfloat16(std::nextafter(single, 0.0f)).bits, bits) << bits;
    ASSERT_EQ(to_bfloat16(-std::nextafter(single, std::numeric_limits<float>::infinity())).bits, (bits + 1) | 0x8000)
        << bits;
  }
}

TEST(BFloat16, OfWhatIsTooLargeIsInfinite) {
  const double limit = 0x1.ffp127;
  EXPECT_EQ(to_bfloat16(std::nextafter(limit, 0.0)).bits, 0x7f7f);
  EXPECT_EQ(to_bfloat16(limit).bits, 0x7f80);
  EXPECT_EQ(to_bfloat16(-1e300).bits, 0xff80);
  EXPECT_EQ(to_bfloat16(std::numeric_limits<float>::max()).bits, 0x7f80);
  EXPECT_EQ(to_bfloat16(std::numeric_limits<double>::infinity()).bits, 0x7f80);
  EXPECT_EQ(to_bfloat16(0x1p-134).bits, 0);
  EXPECT_EQ(to_bfloat16(std::nextafter(0x1p-134, 1.0)).bits, 1);
  EXPECT_EQ(to_bfloat16(std::numeric_limits<double>::denorm_min()).bits, 0);
  EXPECT_EQ(to_bfloat16(-0.0).bits, 0x8000);
}

TEST(BFloat16, OfADoubleIsRoundedOnce) {
  const double given = 1 + 0x1p-8 + 0x1p-40;  // as float it is a tie
  EXPECT_EQ(to_bfloat16(given).bits, 0x3f81);
  EXPECT_EQ(to_bfloat16(static_cast<float>(given)).bits, 0x3f80);
  std::vector<std::byte> bytes(sizeof given);
  std::memcpy(bytes.data(), &given, sizeof given);
  const auto made = converted(bytes, DataType::float64, DataType::bfloat16);
  ASSERT_EQ(made.size(), 2u);
  EXPECT_EQ(made[0], std::byte{0x81});
}

}  // namespace
}  // namespace tessera
