#include <tessera/statistics.hpp>

#include <algorithm>

namespace tessera {

ValueStatistics merged(const ValueStatistics& a, const ValueStatistics& b) {
  if (!a.known) return b;
  if (!b.known) return a;
  ValueStatistics both{0, 0, 0, a.count + b.count, a.non_finite + b.non_finite, true};
  if (a.count == 0 || b.count == 0) {
    const ValueStatistics& one = a.count == 0 ? b : a;
    both.minimum = one.minimum, both.maximum = one.maximum, both.mean = one.mean;
    return both;
  }
  both.minimum = std::min(a.minimum, b.minimum);
  both.maximum = std::max(a.maximum, b.maximum);
  const double share = static_cast<double>(b.count) / static_cast<double>(both.count);
  both.mean = a.mean * (1 - share) + b.mean * share;
  return both;
}

ValueStatistics FieldStatistics::of_step(std::int64_t step) const {
  ValueStatistics result = at(step, 0);
  for (std::int64_t component = 1; component < components; ++component) result = merged(result, at(step, component));
  return result;
}

ValueStatistics FieldStatistics::of_all() const {
  ValueStatistics result;
  for (const ValueStatistics& one : values) result = merged(result, one);
  return result;
}

}  // namespace tessera
