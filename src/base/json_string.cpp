#include "base/json_string.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/text.hpp"

namespace tessera {

std::string json_string(std::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    const std::size_t good = first_not_utf8(text);
    for (const char letter : text.substr(0, good)) {
      if (letter == '"' || letter == '\\') quoted += '\\';
      if (static_cast<unsigned char>(letter) >= 0x20) {
        quoted += letter;
      } else {
        quoted += "\\u00" + hexadecimal(std::array{static_cast<std::byte>(letter)});
      }
    }
    if (good < text.size()) quoted += '?';
    text.remove_prefix(std::min(text.size(), good + 1));
  }
  return quoted + '"';
}

}  // namespace tessera
