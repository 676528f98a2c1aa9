#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// The shortest text that reads back as the same number: 0.01 is "0.01".
std::string exact(double value);
std::string exact(float value);

/// Where the text stops to be UTF-8 (RFC 3629: no surrogates, no overlong forms); its size where it is all UTF-8.
std::size_t first_not_utf8(std::string_view text) noexcept;

/// "1.5 MiB", with two decimals at most; for messages.
std::string size_text(double bytes);
template <std::integral T>
std::string size_text(T bytes) {
  return size_text(static_cast<double>(bytes));
}

/// With `digits` digits behind the point, in any locale: fixed(2.25, 1) is "2.2".
std::string fixed(double value, int digits);

/// The whole text as a number, with a point in any locale; nothing where it is none. "inf" and "nan" are numbers.
std::optional<double> number_of(std::string_view text);

/// 'name', for messages, which end at a NUL: one is shown as \0.
std::string in_quotes(std::string_view text);

/// Two digits a byte, the last byte first: a little-endian number as it is written.
std::string hexadecimal(std::span<const std::byte> bytes);

/// "rank 3", "ranks 3 and 7", "ranks 3, 7 and 12 more": a few of many, for messages.
std::string list_ranks(const std::vector<int>& ranks);

}  // namespace tessera
