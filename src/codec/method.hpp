#pragma once

#include <cstdint>

namespace tessera::codec {

/// The libraries that make deflate blocks. zlib is always there.
enum class Library : std::uint8_t { none, zlib, isal, libdeflate };

/// How a run of bytes becomes deflate blocks. The default one stores it.
struct Method {
  Library library = Library::none;
  /// The library's own level.
  std::uint8_t level = 0;
  /// How far back matches reach, as a power of two: 15 is all that deflate allows, 1 finds runs only and leaves the
  /// rest to the Huffman code.
  std::uint8_t window_bits = 15;

  friend constexpr bool operator==(const Method&, const Method&) = default;
};

inline constexpr Method stored{};
constexpr Method zlib_method(int level, int window_bits = 15) {
  return {Library::zlib, static_cast<std::uint8_t>(level), static_cast<std::uint8_t>(window_bits)};
}
constexpr Method isal_method(int level, int window_bits = 15) {
  return {Library::isal, static_cast<std::uint8_t>(level), static_cast<std::uint8_t>(window_bits)};
}
constexpr Method libdeflate_method(int level) { return {Library::libdeflate, static_cast<std::uint8_t>(level), 15}; }

/// Which libraries to use beside zlib.
struct Libraries {
  bool isal = false;
  bool libdeflate = false;

  /// Those found when Tessera was built.
  static Libraries built_in() noexcept;
};

}  // namespace tessera::codec
