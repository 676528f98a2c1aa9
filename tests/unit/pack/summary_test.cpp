#include "pack/summary.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

using tessera::DataType;
using tessera::pack::Summary;

namespace {

template <class T>
std::span<const std::byte> bytes_of(const std::vector<T>& values) {
  return std::as_bytes(std::span(values));
}

template <class T>
Summary summary_of(const std::vector<T>& values, const T* fill = nullptr) {
  Summary result;
  tessera::pack::summarise(tessera::data_type_of<T>(), bytes_of(values), reinterpret_cast<const std::byte*>(fill),
                           {&result, 1});
  return result;
}

/// Values of any size, some of them `odd`.
template <class T>
std::vector<T> some_values(std::size_t count, T odd, int one_in) {
  std::mt19937_64 chance(count);
  std::vector<T> values(count);
  for (T& value : values) {
    if constexpr (std::is_floating_point_v<T>) {
      value = static_cast<T>(static_cast<double>(chance() % 2001) / 8 - 100);
    } else {
      value = static_cast<T>(chance());
    }
    if (one_in > 0 && chance() % static_cast<std::uint64_t>(one_in) == 0) value = odd;
  }
  return values;
}

/// The vectors say the same as the plain loop, for any number of components and any length.
template <class T>
void compare(T odd, const T* fill) {
  const DataType type = tessera::data_type_of<T>();
  for (const std::size_t components : {1, 2, 3, 4, 5, 6, 8, 9, 16, 17}) {
    for (const std::size_t cells : {0, 1, 7, 33, 100, 1000, 5000}) {
      for (const int one_in : {0, 3, 500}) {
        const std::vector<T> values = some_values(cells * components, odd, one_in);
        std::vector<Summary> found(components);
        std::vector<Summary> expected(components);
        const auto* fill_bytes = reinterpret_cast<const std::byte*>(fill);
        tessera::pack::summarise(type, bytes_of(values), fill_bytes, found);
        tessera::pack::summarise_plainly(type, bytes_of(values), fill_bytes, expected);
        for (std::size_t i = 0; i < components; ++i) {
          SCOPED_TRACE(std::to_string(components) + " components, " + std::to_string(cells) + " cells, odd ones in " +
                       std::to_string(one_in));
          EXPECT_EQ(found[i].minimum, expected[i].minimum);
          EXPECT_EQ(found[i].maximum, expected[i].maximum);
          EXPECT_EQ(found[i].count, expected[i].count);
          EXPECT_EQ(found[i].non_finite, expected[i].non_finite);
          const double size = std::max(std::abs(expected[i].minimum), std::abs(expected[i].maximum));
          EXPECT_NEAR(found[i].sum, expected[i].sum, 1e-7 * size * static_cast<double>(cells));
        }
      }
    }
  }
}

}  // namespace

TEST(Summary, OfIntegersIsThatOfThePlainLoop) {
  compare<std::int8_t>(-128, nullptr);
  compare<std::uint8_t>(255, nullptr);
  compare<std::int16_t>(-32768, nullptr);
  compare<std::uint16_t>(65535, nullptr);
  compare<std::int32_t>(std::numeric_limits<std::int32_t>::min(), nullptr);
  compare<std::uint32_t>(std::numeric_limits<std::uint32_t>::max(), nullptr);
  compare<std::int64_t>(std::numeric_limits<std::int64_t>::min(), nullptr);
  compare<std::uint64_t>(std::numeric_limits<std::uint64_t>::max(), nullptr);
  const std::int32_t fill = 5;
  compare<std::int32_t>(5, &fill);
}

TEST(Summary, OfFloatingPointNumbersIsThatOfThePlainLoop) {
  compare<float>(std::numeric_limits<float>::quiet_NaN(), nullptr);
  compare<double>(std::numeric_limits<double>::infinity(), nullptr);
  compare<double>(-std::numeric_limits<double>::infinity(), nullptr);
  const double fill = -9999;
  compare<double>(fill, &fill);
  const float small_fill = -9999;
  compare<float>(small_fill, &small_fill);
  const double no_number = std::numeric_limits<double>::quiet_NaN();
  compare<double>(no_number, &no_number);  // counted: somebody has put it
}

TEST(Summary, OfNothingAndOfNothingFiniteCountsNothing) {
  EXPECT_EQ(summary_of<double>({}).count, 0u);
  const Summary none = summary_of(std::vector<float>(1000, std::numeric_limits<float>::infinity()));
  EXPECT_EQ(none.count, 0u);
  EXPECT_EQ(none.non_finite, 1000u);
}

TEST(Summary, OfLargeNumbersIsFiniteWhereTheirSumIs) {
  const float large = std::numeric_limits<float>::max();
  const Summary floats = summary_of(std::vector<float>(1000, large));
  EXPECT_EQ(floats.count, 1000u);
  EXPECT_EQ(floats.maximum, large);
  EXPECT_DOUBLE_EQ(floats.sum, 1000 * static_cast<double>(large));
}

TEST(Summary, LimitsOfIntegersThatADoubleDoesNotHoldAreOutside) {
  const std::int64_t odd = (std::int64_t{1} << 53) + 1;
  const Summary signed_ones = summary_of(std::vector<std::int64_t>{odd, odd});
  EXPECT_EQ(signed_ones.minimum, 0x1p53);
  EXPECT_EQ(signed_ones.maximum, 0x1p53 + 2);
  const Summary largest = summary_of(std::vector<std::uint64_t>(40, std::numeric_limits<std::uint64_t>::max()));
  EXPECT_EQ(largest.minimum, 0x1p64 - 2048);
  EXPECT_EQ(largest.maximum, 0x1p64);
  const Summary least = summary_of(std::vector<std::int64_t>(40, std::numeric_limits<std::int64_t>::min()));
  EXPECT_EQ(least.minimum, -0x1p63);
  EXPECT_EQ(least.maximum, -0x1p63);
}
