#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace tessera {

namespace {
template <class T>
std::string shortest(T value) {
  std::array<char, 40> buffer{};
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), result.ptr};
}

bool in_range(unsigned char byte, unsigned low, unsigned high) noexcept { return byte >= low && byte <= high; }

/// Length of the UTF-8 sequence at the front; 0 where there is none. The second byte's range depends on the first
/// (table 3-7 of the Unicode standard): it leaves out overlong forms, surrogates and what is above U+10FFFF.
std::size_t sequence_length(std::string_view text) noexcept {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = in_range(lead, 0xc2, 0xdf)   ? 2
                             : in_range(lead, 0xe0, 0xef) ? 3
                             : in_range(lead, 0xf0, 0xf4) ? 4
                                                          : 0;
  if (length == 0 || length > text.size()) return 0;
  const unsigned low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const unsigned high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (!in_range(byte(1), low, high)) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (!in_range(byte(i), 0x80, 0xbf)) return 0;
  }
  return length;
}
}  // namespace

std::string exact(double value) { return shortest(value); }
std::string exact(float value) { return shortest(value); }

std::size_t first_not_utf8(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = sequence_length(text.substr(i));
    if (length == 0) return i;
    i += length;
  }
  return text.size();
}

std::string size_text(double bytes) {
  const char* unit = "B";
  for (const char* larger : {"KiB", "MiB", "GiB", "TiB"}) {
    if (bytes < 1024) break;
    bytes /= 1024;
    unit = larger;
  }
  return exact(std::round(bytes * 100) / 100) + " " + unit;
}

std::string fixed(double value, int digits) {
  std::array<char, 400> buffer{};  // the largest double has 309 digits
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed,
                                    std::min(digits, 20));
  return {buffer.data(), result.ptr};
}

std::optional<double> number_of(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || text.empty() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string in_quotes(std::string_view text) {
  std::string quoted = "'";
  for (const char letter : text) {
    if (letter == '\0') quoted += "\\0";
    else quoted += letter;
  }
  return quoted + "'";
}

std::string list_ranks(const std::vector<int>& ranks) {
  constexpr std::size_t shown = 4;
  std::string text = ranks.size() == 1 ? "rank " : "ranks ";
  const bool all = ranks.size() <= shown;
  const std::size_t count = all ? ranks.size() : shown;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text += all && i + 1 == count ? " and " : ", ";
    text += std::to_string(ranks[i]);
  }
  if (!all) text += " and " + std::to_string(ranks.size() - shown) + " more";
  return text;
}

std::string hexadecimal(std::span<const std::byte> bytes) {
  static const char* digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    text += digits[std::to_integer<unsigned>(bytes[i]) >> 4];
    text += digits[std::to_integer<unsigned>(bytes[i]) & 15];
  }
  return text;
}

}  // namespace tessera
