#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <tessera/array.hpp>
#include <tessera/box.hpp>

/// \file
/// Large arrays that take no memory: axes with small strides overlap each other in one buffer. Every value still
/// follows from its global index, by the rule that check_large.py has too: value(index) = f(sum(index * strides) / 64).

namespace tessera_test {

/// Runs of 64 equal values, so that a file of gigabytes takes megabytes.
template <class T>
T pattern_value(std::int64_t place) {
  const std::int64_t run = place / 64;
  if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(run) / 4 - 1000;
  } else {
    return static_cast<T>(run * 37 % 127);
  }
}

/// What one rank puts for a box of a field; a field's last axis may be the components.
template <class T>
class Pattern {
 public:
  Pattern(const tessera::Box& box, std::int64_t components) : extents_(box.extents()) {
    if (components > 1) extents_.push_back(components);
    strides_ = strides_of(extents_.size());
    std::int64_t first = 0;
    for (std::size_t axis = 0; axis < box.rank(); ++axis) first += box.lower[axis] * strides_[axis];
    std::int64_t last = first;
    for (std::size_t axis = 0; axis < extents_.size(); ++axis) last += (extents_[axis] - 1) * strides_[axis];
    values_.reserve(static_cast<std::size_t>(last + 1 - first));
    for (std::int64_t place = first; place <= last;) {
      const std::int64_t end = std::min(last + 1, (place / 64 + 1) * 64);
      values_.insert(values_.end(), static_cast<std::size_t>(end - place), pattern_value<T>(place));
      place = end;
    }
  }

  /// Primes, so that neighbours on different axes differ.
  static tessera::Index strides_of(std::size_t axes) {
    const tessera::Index all{7919, 997, 31, 1};
    tessera::Index result;
    for (std::size_t axis = all.size() - axes; axis < all.size(); ++axis) result.push_back(all[axis]);
    return result;
  }
  tessera::ArrayRef<T> array() const { return {values_.data(), extents_, strides_}; }

 private:
  tessera::Index extents_;
  tessera::Index strides_;
  std::vector<T> values_;
};

}  // namespace tessera_test
