#include "base/version.hpp"

#include <charconv>

namespace tessera {

namespace {

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// Reads a number from the front of `text` and takes it off.
int take_number(std::string_view& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc() ? value : 0;
}

/// ".4" from the front; 0 and nothing taken where there is none.
int take_part(std::string_view& text) {
  if (text.size() < 2 || text[0] != '.' || !is_digit(text[1])) return 0;
  text.remove_prefix(1);
  return take_number(text);
}

}  // namespace

std::string to_string(const Version& version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor) + "." + std::to_string(version.patch);
}

Version find_version(std::string_view text) {
  while (!text.empty()) {
    if (!is_digit(text[0])) {
      text.remove_prefix(1);
      continue;
    }
    Version version;
    version.major = take_number(text);
    if (text.size() < 2 || text[0] != '.' || !is_digit(text[1])) continue;
    version.minor = take_part(text);
    version.patch = take_part(text);
    return version;
  }
  return {};
}

}  // namespace tessera
