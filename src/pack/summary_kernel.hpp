#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include "base/visit_element.hpp"
#include "pack/summary.hpp"

/// \file
/// Summaries of blocks of values that a cache holds, value by value or with vectors of the compiler's (GCC, Clang).

#if defined(__GNUC__) && defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector) && __has_builtin(__builtin_convertvector)
#define TESSERA_SUMMARY_VECTORS
#define TESSERA_INLINE __attribute__((always_inline)) inline
#endif
#endif

namespace tessera::pack {

/// Exact, or the next number below (above) where a double has too few digits.
template <class T>
double at_most(T value) noexcept {
  const auto number = static_cast<double>(value);
  if constexpr (sizeof(T) < 8 || std::is_floating_point_v<T>) return number;
  const bool is_above = number >= std::ldexp(1.0, std::numeric_limits<T>::digits) || static_cast<T>(number) > value;
  return is_above ? std::nextafter(number, -std::numeric_limits<double>::infinity()) : number;
}
template <class T>
double at_least(T value) noexcept {
  const auto number = static_cast<double>(value);
  if constexpr (sizeof(T) < 8 || std::is_floating_point_v<T>) return number;
  const bool is_below = number < std::ldexp(1.0, std::numeric_limits<T>::digits) && static_cast<T>(number) < value;
  return is_below ? std::nextafter(number, std::numeric_limits<double>::infinity()) : number;
}

/// What is known of one lane of a block: the values at every so many places.
template <class T>
struct Lane {
  T minimum = 0;
  T maximum = 0;
  double sum = 0;
  std::uint64_t count = 0;
  std::uint64_t non_finite = 0;

  void add_to(Summary& into) const noexcept {
    merge(into, {at_most(minimum), at_least(maximum), sum, count, non_finite});
  }
};

/// Value by value. \param first number of the first value, which tells its component
template <class T>
void add_plainly(const T* values, std::size_t count, const T* fill, Summary* result, std::size_t components) noexcept {
  for (std::size_t component = 0; component < components; ++component) {
    using Value = decltype(arithmetic(T{}));
    Lane<Value> lane;
    for (std::size_t i = component; i < count; i += components) {
      const Value value = arithmetic(values[i]);
      if (fill != nullptr && value == arithmetic(*fill)) continue;
      if constexpr (std::is_floating_point_v<Value>) {
        if (!std::isfinite(value)) {
          ++lane.non_finite;
          continue;
        }
      }
      lane.minimum = lane.count == 0 || value < lane.minimum ? value : lane.minimum;
      lane.maximum = lane.count == 0 || value > lane.maximum ? value : lane.maximum;
      lane.sum += static_cast<double>(value);
      ++lane.count;
    }
    lane.add_to(result[component]);
  }
}

#ifdef TESSERA_SUMMARY_VECTORS

template <class T, int bytes>
struct VectorOf {
  typedef T Type __attribute__((vector_size(bytes)));  // NOLINT: the attribute needs it
};
template <class T, int bytes>
using Vector = typename VectorOf<T, bytes>::Type;

template <class V>
TESSERA_INLINE void load(V& vector, const void* from) noexcept {
  std::memcpy(&vector, from, sizeof vector);
}

/// Adds the elements of a vector to sums of doubles.
template <class T, int bytes>
TESSERA_INLINE void add_wide(const Vector<T, bytes>& value, Vector<double, bytes>* sums) noexcept {
  using Wide = Vector<double, bytes>;
  if constexpr (sizeof(T) == 8) {
    sums[0] += value;
  } else if constexpr (bytes == 16) {
    sums[0] += __builtin_convertvector(__builtin_shufflevector(value, value, 0, 1), Wide);
    sums[1] += __builtin_convertvector(__builtin_shufflevector(value, value, 2, 3), Wide);
  } else {
    sums[0] += __builtin_convertvector(__builtin_shufflevector(value, value, 0, 1, 2, 3), Wide);
    sums[1] += __builtin_convertvector(__builtin_shufflevector(value, value, 4, 5, 6, 7), Wide);
  }
}

/// Of floats four are added up before they become doubles, which takes as long as all the rest.
template <class T>
inline constexpr int added_at_once = sizeof(T) == 8 ? 1 : 4;

/// What is known of the values of a block, lane by lane.
template <class T, int bytes, int K>
struct Lanes {
  static constexpr int width = bytes / static_cast<int>(sizeof(T));
  static constexpr int count = K * width;
  static constexpr int step = count * added_at_once<T>;                       ///< values that are looked at together
  static constexpr int wides = static_cast<int>(sizeof(double) / sizeof(T));  // NOLINT(bugprone-sizeof-expression)
  using V = Vector<T, bytes>;
  using Mask = Vector<std::conditional_t<sizeof(T) == 8, std::int64_t, std::int32_t>, bytes>;
  static constexpr T infinity = std::numeric_limits<T>::infinity();

  V low[K], high[K];
  Vector<double, bytes> sum[K * wides];
  Mask counted[K], missing[K];

  TESSERA_INLINE Lanes() noexcept {
    for (int k = 0; k < K; ++k) low[k] = V{} + infinity, high[k] = V{} - infinity, counted[k] = missing[k] = Mask{};
    for (auto& one : sum) one = Vector<double, bytes>{};
  }

  /// As if all values counted: three operations for a vector. \return whether they do
  template <bool has_fill>
  TESSERA_INLINE bool add(const T* values, std::size_t number, T fill) noexcept {
    const V filled = V{} + fill;
    for (const T* end = values + number; values != end; values += step) {
      for (int k = 0; k < K; ++k) {
        V few = V{};
        for (int i = 0; i < added_at_once<T>; ++i) {
          V value;
          load(value, values + (i * K + k) * width);
          low[k] = value < low[k] ? value : low[k];
          high[k] = value > high[k] ? value : high[k];
          if constexpr (has_fill) missing[k] |= value == filled;
          few = i == 0 ? value : few + value;
        }
        add_wide<T, bytes>(few, sum + k * wides);
      }
    }
    bool all_count = is_finite();
    for (int lane = 0; lane < count; ++lane) all_count = all_count && missing[lane / width][lane % width] == 0;
    return all_count;
  }

  /// Looks at each value. \return whether the sums are numbers
  TESSERA_INLINE bool add_those_that_count(const T* values, std::size_t number, T fill) noexcept {
    const V filled = V{} + fill;
    for (const T* end = values + number; values != end; values += step) {
      for (int k = 0; k < K; ++k) {
        V few = V{};
        for (int i = 0; i < added_at_once<T>; ++i) {
          V value;
          load(value, values + (i * K + k) * width);
          const Mask is_missing = value == filled;
          const Mask counts = ((value - value) == V{}) & ~is_missing;  // NOLINT(misc-redundant-expression)
          const V below = counts ? value : V{} + infinity;
          const V above = counts ? value : V{} - infinity;
          low[k] = below < low[k] ? below : low[k];
          high[k] = above > high[k] ? above : high[k];
          few += counts ? value : V{};
          counted[k] -= counts;
          missing[k] -= is_missing;
        }
        add_wide<T, bytes>(few, sum + k * wides);
      }
    }
    return is_finite();
  }

  /// A sum that is none has met NaN or an infinity, or has become one.
  TESSERA_INLINE bool is_finite() const noexcept {
    Vector<double, bytes> odd = Vector<double, bytes>{};
    for (const auto& one : sum) odd += one - one;  // NOLINT(misc-redundant-expression): 0, or NaN
    bool all = true;
    for (int lane = 0; lane < width / wides; ++lane) all = all && odd[lane] == 0;
    return all;
  }

  TESSERA_INLINE void add_to(Summary* result, std::size_t components, std::size_t number,
                             bool all_count) const noexcept {
    constexpr int wide = width / wides;
    const std::uint64_t per_lane = number / static_cast<std::size_t>(count);
    for (int lane = 0; lane < count; ++lane) {
      const int k = lane / width, at = lane % width;
      const std::uint64_t finite = all_count ? per_lane : static_cast<std::uint64_t>(counted[k][at]);
      const std::uint64_t others = all_count ? 0 : per_lane - finite - static_cast<std::uint64_t>(missing[k][at]);
      const double total = sum[k * wides + at / wide][at % wide];
      Lane<T>{low[k][at], high[k][at], total, finite, others}.add_to(
          result[static_cast<std::size_t>(lane) % components]);
    }
  }
};

/// \param number of values, a multiple of Lanes::step
/// \return false where it takes plain loops, and nothing was added
template <class T, int bytes, int K>
TESSERA_INLINE bool add_floats(const T* values, std::size_t number, const T* fill, Summary* result,
                               std::size_t components) noexcept {
  const T filled = fill != nullptr ? *fill : std::numeric_limits<T>::quiet_NaN();
  {
    Lanes<T, bytes, K> lanes;
    const bool all_count = fill != nullptr ? lanes.template add<true>(values, number, filled)
                                           : lanes.template add<false>(values, number, filled);
    if (all_count) {
      lanes.add_to(result, components, number, true);
      return true;
    }
  }
  Lanes<T, bytes, K> lanes;
  if (!lanes.add_those_that_count(values, number, filled)) return false;
  lanes.add_to(result, components, number, false);
  return true;
}

/// The sum of integers: of two bytes and less from vectors of twice the width, which hold those of a block.
template <class T, int bytes>
TESSERA_INLINE double sum_of(const T* values, std::size_t count) noexcept {
  constexpr std::size_t width = bytes / sizeof(T);
  double total = 0;
  if constexpr (sizeof(T) <= 2) {
    using Twice =
        std::conditional_t<sizeof(T) == 1, std::conditional_t<std::is_signed_v<T>, std::int16_t, std::uint16_t>,
                           std::conditional_t<std::is_signed_v<T>, std::int32_t, std::uint32_t>>;
    using V = Vector<Twice, bytes>;
    constexpr int bits = 8 * static_cast<int>(sizeof(T));
    constexpr std::size_t at_once = 64 * width;  // so that no sum is too large
    for (std::size_t begin = 0; begin < count; begin += at_once) {
      V sums = V{}, others = V{};
      for (std::size_t at = begin; at < std::min(count, begin + at_once); at += width) {
        V pair;
        load(pair, values + at);
        sums += (pair << bits) >> bits;
        others += pair >> bits;
      }
      for (std::size_t lane = 0; lane < width / 2; ++lane)
        total += static_cast<double>(sums[lane]) + static_cast<double>(others[lane]);
    }
  } else if constexpr (sizeof(T) == 4) {
    using Half = Vector<T, bytes / 2>;
    using V = Vector<std::int64_t, bytes>;
    V sums = V{};
    for (std::size_t at = 0; at < count; at += width / 2) {
      Half half;
      load(half, values + at);
      sums += __builtin_convertvector(half, V);
    }
    for (std::size_t lane = 0; lane < width / 2; ++lane) total += static_cast<double>(sums[lane]);
  } else {
    constexpr double high = 4294967296.0;  // without sign a processor converts but slowly
    std::array<double, 4> sums{};
    for (std::size_t at = 0; at < count; at += sums.size()) {
      for (std::size_t i = 0; i < sums.size(); ++i) {
        const T value = values[at + i];
        if constexpr (std::is_signed_v<T>) {
          sums[i] += static_cast<double>(value);
        } else {
          sums[i] += static_cast<double>(static_cast<std::int64_t>(value >> 32)) * high +
                     static_cast<double>(static_cast<std::int64_t>(value & 0xffffffffu));
        }
      }
    }
    for (const double sum : sums) total += sum;
  }
  return total;
}

/// Integers that all count, of one component.
template <class T, int bytes, int K>
TESSERA_INLINE void add_integers(const T* values, std::size_t count, Summary& result) noexcept {
  using V = Vector<T, bytes>;
  constexpr int width = bytes / static_cast<int>(sizeof(T));
  V low[K], high[K];
  for (int k = 0; k < K; ++k) load(low[k], values + k * width), high[k] = low[k];
  for (std::size_t at = 0; at < count; at += static_cast<std::size_t>(K * width)) {
    for (int k = 0; k < K; ++k) {
      V value;
      load(value, values + at + k * width);
      low[k] = value < low[k] ? value : low[k];
      high[k] = value > high[k] ? value : high[k];
    }
  }
  Lane<T> all{low[0][0], high[0][0], sum_of<T, bytes>(values, count), count, 0};
  for (int lane = 0; lane < K * width; ++lane) {
    all.minimum = std::min<T>(all.minimum, low[lane / width][lane % width]);
    all.maximum = std::max<T>(all.maximum, high[lane / width][lane % width]);
  }
  all.add_to(result);
}

/// A block with vectors of so many bytes; what is left over, and what they cannot do, plainly.
template <class T, int bytes>
TESSERA_INLINE void add_block(const T* values, std::size_t count, const T* fill, Summary* result,
                              std::size_t components) noexcept {
  constexpr std::size_t width = bytes / sizeof(T);
  std::size_t done = 0;
  if constexpr (!std::is_arithmetic_v<T> || sizeof(T) > sizeof(double)) {
    // No vectors of these.
  } else if constexpr (std::is_floating_point_v<T>) {
    const auto add = [&]<int K>(std::integral_constant<int, K>) __attribute__((always_inline)) {
      constexpr std::size_t step = Lanes<T, bytes, K>::step;
      done = count / step * step;
      if (done > 0 && !add_floats<T, bytes, K>(values, done, fill, result, components)) done = 0;
    };
    constexpr int even = sizeof(T) == 8 ? 4 : 2;
    if (even * width % components == 0) {
      add(std::integral_constant<int, even>());
    } else if (3 * width % components == 0) {
      add(std::integral_constant<int, 3>());
    } else if (9 * width % components == 0) {
      add(std::integral_constant<int, 9>());
    }
  } else if (fill == nullptr && components == 1) {
    constexpr std::size_t lanes = 4 * width;
    done = count / lanes * lanes;
    if (done > 0) add_integers<T, bytes, 4>(values, done, *result);
  }
  add_plainly(values + done, count - done, fill, result, components);
}

#endif

}  // namespace tessera::pack
