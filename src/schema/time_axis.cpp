#include "schema/time_axis.hpp"

#include <algorithm>

namespace tessera::schema {

std::int64_t count_until(const std::vector<double>& times, double time) {
  return std::ranges::upper_bound(times, time) - times.begin();
}

std::optional<std::int64_t> place_of_time(const std::vector<double>& times, double time) {
  const std::int64_t count = count_until(times, time);
  const bool is_there = count > 0 && times[static_cast<std::size_t>(count - 1)] == time;
  return is_there ? std::optional(count - 1) : std::nullopt;
}

}  // namespace tessera::schema
