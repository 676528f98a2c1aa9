#include "codec/plane_kind.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace tessera::codec {

namespace {

bool is_constant(std::span<const std::byte> plane) noexcept {
  return plane.size() < 2 || std::memcmp(plane.data(), plane.data() + 1, plane.size() - 1) == 0;
}

/// Bytes from all over a plane.
class Sample {
 public:
  static constexpr std::size_t pieces = 16;
  static constexpr std::size_t piece = 128;
  static constexpr std::size_t count = pieces * piece;

  /// \param plane of `count` bytes or more
  explicit Sample(std::span<const std::byte> plane) noexcept {
    const std::size_t distance = (plane.size() - piece) / (pieces - 1);
    for (std::size_t p = 0; p < pieces; ++p) {
      const std::span<const std::byte> bytes = plane.subspan(p * distance, piece);
      std::size_t changes = 0;
      std::byte before = bytes[0];
      for (std::size_t i = 0; i < piece; ++i) {
        ++histogram_[i % 2][static_cast<std::uint8_t>(bytes[i])];
        changes += bytes[i] != before ? 1 : 0;
        before = bytes[i];
      }
      changes_ += changes;
      constant_pieces_ += changes == 0 ? 1 : 0;
    }
  }

  /// Counts pairs of equal bytes. Evenly distributed bytes have count^2 / 512 of them, give or take 1 in 90; a plane
  /// whose Huffman code would save 1 % has 1 in 12 more.
  bool evenly_distributed() const noexcept {
    std::uint64_t squares = 0;
    for (std::size_t value = 0; value < 256; ++value) {
      const std::uint64_t n = std::uint64_t{histogram_[0][value]} + histogram_[1][value];
      squares += n * n;
    }
    constexpr std::uint64_t even = count * (count - 1) / 256 + count;  // the expected sum of squares
    return squares < even + even / 25;
  }
  /// Bytes that are not equal to the one before, of `count`.
  std::size_t changes() const noexcept { return changes_; }
  /// Pieces in which all bytes are equal, of `pieces`.
  std::size_t constant_pieces() const noexcept { return constant_pieces_; }

 private:
  // Two tables: neighbouring bytes are often equal, and an increment waits for the one before it.
  std::array<std::array<std::uint16_t, 256>, 2> histogram_{};
  std::size_t changes_ = 0;
  std::size_t constant_pieces_ = 0;
};

std::uint32_t word_at(const std::byte* address) noexcept {
  std::uint32_t word = 0;
  std::memcpy(&word, address, sizeof(word));
  return word;
}

constexpr std::size_t window_bytes = 32 << 10;  // as far back as deflate reaches
constexpr std::size_t piece_bytes = 1024;

/// How many words of 4 bytes of a piece stand in the window before it. One in `step` of the window's words is entered
/// in a table, and forgotten when another one needs its place: most repeats of step + 3 bytes and more are found, of
/// shorter ones some.
std::size_t count_repeats(std::span<const std::byte> window, std::span<const std::byte> piece,
                          std::size_t step) noexcept {
  constexpr int table_bits = 12;
  const auto slot = [](std::uint32_t word) { return (word * 0x9e3779b1U) >> (32 - table_bits); };
  std::array<std::uint32_t, std::size_t{1} << table_bits> table{};
  for (std::size_t i = 0; i + sizeof(std::uint32_t) <= window.size(); i += step) {
    const std::uint32_t word = word_at(window.data() + i);
    table[slot(word)] = word;
  }
  std::size_t found = 0;
  for (std::size_t i = 0; i + sizeof(std::uint32_t) <= piece.size(); ++i) {
    const std::uint32_t word = word_at(piece.data() + i);
    found += table[slot(word)] == word ? 1 : 0;
  }
  return found;
}

/// Looks for repeats at the end of the plane, and of a large one at a third and two thirds. In random bytes one word in
/// a million is one.
bool has_repeats(std::span<const std::byte> plane) noexcept {
  const std::size_t places = plane.size() >= 4 * window_bytes ? 3 : 1;
  const std::size_t step = plane.size() >= 2 * window_bytes ? 8 : 16;
  constexpr std::size_t worth_it = 8;
  for (std::size_t place = 1; place <= places; ++place) {
    const std::size_t end = plane.size() * place / places;
    const std::size_t middle = end - std::min(end, piece_bytes);
    const std::size_t begin = middle - std::min(middle, window_bytes);
    if (count_repeats(plane.subspan(begin, middle - begin), plane.subspan(middle, end - middle), step) >= worth_it)
      return true;
  }
  return false;
}

}  // namespace

PlaneKind kind_of(std::span<const std::byte> plane) noexcept {
  if (is_constant(plane)) return PlaneKind::constant;
  if (plane.size() < 2 * Sample::count) return PlaneKind::busy;
  const Sample sample(plane);
  if (sample.changes() < Sample::count / 32) return PlaneKind::still;
  if (sample.changes() < Sample::count / 2 || sample.constant_pieces() > 0) return PlaneKind::calm;
  return sample.evenly_distributed() && !has_repeats(plane) ? PlaneKind::random : PlaneKind::busy;
}

}  // namespace tessera::codec
