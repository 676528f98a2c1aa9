#include "codec/effort.hpp"

#include <algorithm>
#include <array>

namespace tessera::codec {

namespace {

constexpr int best_match = 15;  // window_bits
constexpr int near_match = 8;
constexpr int runs_only = 1;

/// Candidates of levels 1 to 4, and of level 5, where both libraries are there.
constexpr std::array with_both{stored,
                               isal_method(2, best_match),
                               isal_method(2, near_match),
                               isal_method(2, runs_only),
                               isal_method(3, best_match),
                               libdeflate_method(4)};
constexpr std::array with_both_5{stored,
                                 isal_method(2, best_match),
                                 isal_method(2, runs_only),
                                 isal_method(3, best_match),
                                 libdeflate_method(4),
                                 libdeflate_method(6)};
constexpr std::array with_isal{stored,
                               isal_method(2, best_match),
                               isal_method(2, near_match),
                               isal_method(2, runs_only),
                               isal_method(3, best_match),
                               zlib_method(4)};
constexpr std::array with_libdeflate{stored, zlib_method(1, runs_only), libdeflate_method(1), libdeflate_method(4),
                                     libdeflate_method(6)};
constexpr std::array with_zlib{stored, zlib_method(1, runs_only), zlib_method(1), zlib_method(4)};

/// Levels 6 to 9.
template <int level>
constexpr std::array small_with_libdeflate{stored, libdeflate_method(level)};
constexpr std::array small_with_zlib{stored, zlib_method(9)};

std::span<const Method> methods_of(int level, Libraries libraries) noexcept {
  if (level < 6) {
    if (libraries.isal && libraries.libdeflate) return level < 5 ? std::span<const Method>(with_both) : with_both_5;
    if (libraries.isal) return with_isal;
    return libraries.libdeflate ? std::span<const Method>(with_libdeflate) : with_zlib;
  }
  if (!libraries.libdeflate) return small_with_zlib;
  switch (level) {
    case 6: return small_with_libdeflate<6>;
    case 7: return small_with_libdeflate<8>;
    case 8: return small_with_libdeflate<10>;
    default: return small_with_libdeflate<12>;
  }
}

constexpr std::array<double, 5> shares{0.90, 0.94, 0.965, 0.986, 1.0};  // levels 1 to 5
constexpr std::array<double, 5> shares_of_small{0.80, 0.88, 0.93, 0.98, 1.0};

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
      return method.level <= 2   ? costs_of_libdeflate_2
             : method.level <= 4 ? costs_of_libdeflate_4
                                 : costs_of_libdeflate_6;
    default:
      return method.window_bits == runs_only ? costs_of_zlib_runs
             : method.level < 4              ? costs_of_zlib_1
                                             : costs_of_zlib_4;
  }
}

}  // namespace

Effort effort_of(int level, Libraries libraries) noexcept {
  Effort effort;
  effort.methods = methods_of(level, libraries);
  effort.against_zlib = level < 6;
  if (effort.against_zlib) {
    effort.usual = libraries.isal ? isal_method(2) : libraries.libdeflate ? libdeflate_method(1) : zlib_method(4);
    effort.share = shares[static_cast<std::size_t>(level - 1)];
    effort.share_of_small = shares_of_small[static_cast<std::size_t>(level - 1)];
  } else {
    effort.usual = effort.methods.back();
    effort.share = 0.998;
    effort.share_of_small = 0.998;
  }
  effort.for_constants = libraries.isal         ? isal_method(2, runs_only)
                         : libraries.libdeflate ? libdeflate_method(2)
                                                : zlib_method(1, runs_only);
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
