#include "tools/doctor/text.hpp"

#include <array>
#include <cstdlib>

#include "base/text.hpp"

namespace tessera::doctor {

std::string bytes_text(std::uint64_t bytes) {
  if (bytes < 1024) return count_text(static_cast<std::int64_t>(bytes), "byte");
  constexpr std::array units{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < units.size(); ++unit) value /= 1024;
  return fixed(value, value < 10 ? 1 : 0) + " " + units[unit];
}

std::string count_text(std::int64_t count, const std::string& thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace tessera::doctor
