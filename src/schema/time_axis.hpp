#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// \file
/// Time axes of a run besides `time`: each has some of the steps. Which ones, their times tell, which are those of
/// `time` to the last bit, and increase.

namespace tessera::schema {

/// The time axis that has all steps.
inline constexpr const char* time_of_steps = "time";
/// The attribute of another one, whose value is `time_of_steps`.
inline constexpr const char* steps_among = "steps_among";

/// One that has some of the steps.
struct TimeAxis {
  std::string name;
  std::vector<double> times;  ///< of these steps
};

/// The place of a time among increasing ones; nothing: it is none of them.
std::optional<std::int64_t> place_of_time(const std::vector<double>& times, double time);

/// How many of the times are not later than this one.
std::int64_t count_until(const std::vector<double>& times, double time);

}  // namespace tessera::schema
