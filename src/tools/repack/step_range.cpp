#include "tools/repack/step_range.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include <tessera/error.hpp>

#include "base/text.hpp"

namespace tessera::tools {

namespace {

[[noreturn]] void refuse(const std::string& text, const std::string& why) {
  throw Error(ErrorCode::invalid_argument, "the steps " + in_quotes(text) + " " + why);
}

std::int64_t number(std::string_view part, const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
  if (error != std::errc() || end != part.data() + part.size()) {
    refuse(text, "are no range: give begin:end, as in 10:20, 10: or -5:");
  }
  return value;
}

}  // namespace

std::pair<std::uint64_t, std::uint64_t> step_range(const std::string& text, std::int64_t steps) {
  const auto counted = [&](std::int64_t value) {
    return std::clamp(value < 0 ? value + steps : value, std::int64_t{0}, steps);
  };
  const std::size_t colon = text.find(':');
  std::int64_t begin = 0;
  std::int64_t end = steps;
  if (colon == std::string::npos) {
    const std::int64_t one = number(text, text);
    begin = one < 0 ? one + steps : one;
    end = begin + 1;
    if (begin < 0 || begin >= steps) end = begin = 0;
  } else {
    const std::string_view view = text;
    if (colon > 0) begin = counted(number(view.substr(0, colon), text));
    if (colon + 1 < text.size()) end = counted(number(view.substr(colon + 1), text));
  }
  if (begin >= end) refuse(text, "are none of the " + std::to_string(steps) + " that there are");
  return {static_cast<std::uint64_t>(begin), static_cast<std::uint64_t>(end)};
}

}  // namespace tessera::tools
