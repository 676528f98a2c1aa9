#include "codec/effort.hpp"

#include <algorithm>
#include <array>

namespace tessera::codec {

namespace {

constexpr int best_match = 15;  // window_bits
constexpr int near_match = 8;
constexpr int runs_only = 1;

constexpr std::array with_isal{stored, isal_method(2, best_match), isal_method(2, near_match),
                               isal_method(2, runs_only), isal_method(3, best_match), zlib_method(4)};
constexpr std::array with_isal_small{stored, isal_method(2, best_match), isal_method(2, runs_only),
                                     isal_method(3, best_match), zlib_method(9)};
constexpr std::array with_zlib{stored, zlib_method(1, runs_only), zlib_method(1), zlib_method(4)};
constexpr std::array with_zlib_small{stored, zlib_method(1, runs_only), zlib_method(6), zlib_method(9)};

constexpr std::array fast_tail{libdeflate_method(2), libdeflate_method(4)};
constexpr std::array middle_tail{libdeflate_method(4), libdeflate_method(6)};
/// Levels 6 to 9.
constexpr std::array small_tails{std::array{libdeflate_method(6)}, std::array{libdeflate_method(8)},
                                 std::array{libdeflate_method(10)}, std::array{libdeflate_method(12)}};

constexpr std::array<double, 5> shares{0.90, 0.94, 0.965, 0.983, 1.0};  // levels 1 to 5
constexpr std::array<double, 5> shares_of_small{0.80, 0.88, 0.93, 0.957, 1.0};

/// Cost at these sizes, linear between them.
constexpr std::array<double, 8> sizes{0.001, 0.03, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0};
using Costs = std::array<double, 8>;
constexpr Costs costs_of_isal_2{0.04, 0.3, 0.8, 1.2, 1.3, 2.1, 2.2, 0.6};
constexpr Costs costs_of_isal_2_runs{0.04, 0.45, 0.8, 0.9, 0.7, 1.3, 1.6, 0.55};
constexpr Costs costs_of_isal_3{1.6, 2.0, 2.4, 2.8, 3.0, 3.5, 3.3, 2.5};
constexpr Costs costs_of_libdeflate_2{1.8, 2.1, 3.0, 4.2, 6.1, 9.0, 9.5, 9.3};
constexpr Costs costs_of_libdeflate_4{1.8, 2.1, 3.1, 4.8, 6.4, 9.5, 10, 9.8};
constexpr Costs costs_of_libdeflate_6{1.8, 2.8, 6.0, 7.5, 9.0, 13, 14, 10};
constexpr Costs costs_of_zlib_runs{2.6, 4.0, 6.0, 6.5, 7.0, 8.0, 9.0, 7.5};
constexpr Costs costs_of_zlib_1{2.6, 4.5, 7.0, 8.0, 12, 17, 19, 19};
constexpr Costs costs_of_zlib_4{4.1, 5.5, 9.0, 10.5, 13, 20, 22, 20};

const Costs& costs(Method method) noexcept {
  switch (method.library) {
    case Library::isal:
      if (method.level == 3) return costs_of_isal_3;
      return method.window_bits == runs_only ? costs_of_isal_2_runs : costs_of_isal_2;
    case Library::libdeflate:
      return method.level <= 2 ? costs_of_libdeflate_2 : method.level <= 4 ? costs_of_libdeflate_4 : costs_of_libdeflate_6;
    default: return method.window_bits == runs_only ? costs_of_zlib_runs : method.level < 4 ? costs_of_zlib_1 : costs_of_zlib_4;
  }
}

std::span<const Method> tail_methods(int level) noexcept {
  if (level >= 6) return small_tails[static_cast<std::size_t>(level - 6)];
  return level == 5 ? middle_tail : fast_tail;
}

}  // namespace

Effort effort_of(int level, Libraries libraries) noexcept {
  Effort effort;
  const bool small = level >= 6;
  if (libraries.isal) {
    effort.methods = small ? std::span<const Method>(with_isal_small) : with_isal;
    effort.usual = isal_method(2);
    effort.for_constants = isal_method(2, runs_only);
  } else {
    effort.methods = small ? std::span<const Method>(with_zlib_small) : with_zlib;
    effort.usual = zlib_method(small ? 9 : 4);
    effort.for_constants = zlib_method(1, runs_only);
  }
  if (libraries.libdeflate) effort.tail_methods = tail_methods(level);
  effort.against_zlib = !small;
  effort.share = small ? 0.998 : shares[static_cast<std::size_t>(level - 1)];
  effort.share_of_small = small ? 0.998 : shares_of_small[static_cast<std::size_t>(level - 1)];
  return effort;
}

double cost_of(Method method, double size) noexcept {
  if (method == stored) return 0.1;
  const Costs& table = costs(method);
  if (size >= sizes.back()) return table.back();
  if (size <= sizes.front()) return table.front();
  const auto upper = static_cast<std::size_t>(std::ranges::upper_bound(sizes, size) - sizes.begin());
  const double part = (size - sizes[upper - 1]) / (sizes[upper] - sizes[upper - 1]);
  return table[upper - 1] + part * (table[upper] - table[upper - 1]);
}

}  // namespace tessera::codec
