#pragma once

#include <cstddef>

namespace bench {

/// What peak_heap counts with.
void begin_peak() noexcept;
std::size_t peak_since_begin() noexcept;

/// Runs `work`. \returns the most bytes that it had from operator new at a time (this program has its own, which
/// counts)
template <class Work>
double peak_heap(Work&& work) {
  begin_peak();
  work();
  return static_cast<double>(peak_since_begin());
}

}  // namespace bench
