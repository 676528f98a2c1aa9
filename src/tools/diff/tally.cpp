#include "tools/diff/tally.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "base/visit_element.hpp"

namespace tessera::tools {

namespace {

/// Of two values that are not equal; infinite where one is NaN.
template <class T>
double distance(T a, T b) noexcept {
  if constexpr (std::is_floating_point_v<T>) {
    const double result = std::fabs(static_cast<double>(a) - static_cast<double>(b));
    return std::isnan(result) ? std::numeric_limits<double>::infinity() : result;
  } else {
    using Unsigned = std::make_unsigned_t<T>;
    const auto first = static_cast<Unsigned>(a);
    const auto second = static_cast<Unsigned>(b);
    return static_cast<double>(static_cast<Unsigned>(a > b ? first - second : second - first));
  }
}

template <class T>
bool same_number(T a, T b) noexcept {
  if (a == b) return true;
  if constexpr (std::is_floating_point_v<T>) return std::isnan(a) && std::isnan(b);
  return false;
}

template <class T>
T value_at(const std::byte* bytes, std::size_t number) noexcept {
  T value;
  std::memcpy(&value, bytes + number * sizeof(T), sizeof(T));
  return value;
}

template <class T>
void compare_as(const std::byte* a, const std::byte* b, std::size_t count, const Tolerance& tolerance,
                std::uint64_t place, Tally& tally) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    const auto first = arithmetic(value_at<T>(a, i));
    const auto second = arithmetic(value_at<T>(b, i));
    if (same_number(first, second)) continue;
    const double apart = distance(first, second);
    const double allowed = tolerance.absolute + tolerance.relative * std::fabs(static_cast<double>(second));
    if (std::isfinite(apart) && apart <= allowed) continue;
    tally.add({0, 1, apart, static_cast<double>(first), static_cast<double>(second), place + i});
  }
}

}  // namespace

void Tally::add(const Tally& other) noexcept {
  const bool is_first = differing == 0 || (other.largest == largest && other.place < place);
  compared += other.compared;
  if (other.differing == 0) return;
  differing += other.differing;
  if (!is_first && other.largest <= largest) return;
  largest = other.largest;
  a = other.a;
  b = other.b;
  place = other.place;
}

void compare(DataType type, const std::byte* a, const std::byte* b, std::size_t count, const Tolerance& tolerance,
             std::uint64_t place, Tally& tally) noexcept {
  tally.compared += count;
  if (std::memcmp(a, b, count * size_of(type)) == 0) return;
  visit_element(type, [&]<class T>(std::type_identity<T>) { compare_as<T>(a, b, count, tolerance, place, tally); });
}

}  // namespace tessera::tools
