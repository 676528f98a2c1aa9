#include "comm/rank_timeout.hpp"

#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>

#include <tessera/error.hpp>

#include "base/text.hpp"

namespace tessera::comm {

namespace {

void check_seconds(double seconds, bool is_number, const std::string& what) {
  if (is_number && std::isfinite(seconds) && seconds >= 0) return;
  throw Error(ErrorCode::invalid_argument, what + "; it can be a number of seconds, or 0 for no limit");
}

}  // namespace

double rank_timeout(double option) {
  const char* value = std::getenv("TESSERA_RANK_TIMEOUT");
  if (value == nullptr || *value == '\0') {
    check_seconds(option, true, "Options::rank_timeout is " + exact(option));
    return option;
  }
  const std::optional<double> seconds = number_of(value);
  check_seconds(seconds.value_or(0), seconds.has_value(),
                "the environment variable TESSERA_RANK_TIMEOUT is " + in_quotes(value));
  return *seconds;
}

}  // namespace tessera::comm
