#include "finish/deadline.hpp"

#include <time.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "base/text.hpp"

namespace tessera::finish {

namespace {

using Clock = std::chrono::system_clock;

Clock::duration seconds(double value) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(value));
}

[[noreturn]] void refuse(const char* name, const std::string& text, const char* wanted) {
  throw Error(ErrorCode::invalid_argument, "the environment variable " + std::string(name) + " is " + in_quotes(text) +
                                               ", not " + wanted + "; correct it, or remove it with unset");
}

/// A number of seconds, at most 285 years: milliseconds since 1970 are refused, and a time point holds it.
double parse_seconds(const char* name, const std::string& text, const char* wanted) {
  const std::optional<double> value = number_of(text);
  if (!value || !(*value >= 0) || *value > 9e9) refuse(name, text, wanted);
  return *value;
}

/// "3600", and also "1:00:00", as people write it who set the variable themselves.
double parse_walltime(const char* name, const std::string& text) {
  constexpr const char* wanted = "seconds or hours:minutes:seconds";
  double total = 0;
  std::istringstream parts(text);
  int count = 0;
  for (std::string part; std::getline(parts, part, ':'); ++count) {
    total = total * 60 + parse_seconds(name, part, wanted);
  }
  if (count == 0 || count > 3 || text.back() == ':') refuse(name, text, wanted);
  return total;
}

}  // namespace

std::optional<Deadline> find_deadline(const FinishOptions& options, const Environment& environment,
                                      Clock::time_point start) {
  const auto value_of = [&](const char* name) {
    const char* value = environment(name);
    return std::string(value == nullptr ? "" : value);
  };
  constexpr const char* since_1970 = "a number of seconds since 1970";
  if (const std::string own = value_of("TESSERA_DEADLINE"); !own.empty()) {
    return Deadline{Clock::time_point() + seconds(parse_seconds("TESSERA_DEADLINE", own, since_1970)),
                    "TESSERA_DEADLINE"};
  }
  if (options.deadline) return Deadline{*options.deadline, "FinishOptions::deadline"};
  if (!options.ask_batch_system) return std::nullopt;
  if (const std::string end = value_of("SLURM_JOB_END_TIME"); !end.empty()) {
    return Deadline{Clock::time_point() + seconds(parse_seconds("SLURM_JOB_END_TIME", end, since_1970)),
                    "SLURM_JOB_END_TIME"};
  }
  if (const std::string walltime = value_of("PBS_WALLTIME"); !walltime.empty()) {
    return Deadline{start + seconds(parse_walltime("PBS_WALLTIME", walltime)), "PBS_WALLTIME"};
  }
  return std::nullopt;
}

/// Field 22 of /proc/self/stat is the start in clock ticks since the machine's start (man 5 proc). Field 2, the name,
/// may have spaces and brackets: fields are counted from its last bracket.
Clock::time_point process_start() {
  const auto now = Clock::now();
  std::ifstream file("/proc/self/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  const auto bracket = text.rfind(')');
  timespec uptime{};
  if (bracket == std::string::npos || clock_gettime(CLOCK_BOOTTIME, &uptime) != 0) return now;
  std::istringstream fields(text.substr(bracket + 1));
  std::string field;
  for (int number = 3; number < 22; ++number) fields >> field;
  fields >> field;
  const std::optional<double> ticks = number_of(field);
  if (!ticks) return now;
  const double since_boot = static_cast<double>(uptime.tv_sec) + 1e-9 * static_cast<double>(uptime.tv_nsec);
  return now - seconds(since_boot - *ticks / static_cast<double>(sysconf(_SC_CLK_TCK)));
}

}  // namespace tessera::finish
