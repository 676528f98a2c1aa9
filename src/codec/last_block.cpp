#include "codec/last_block.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace tessera::codec {

namespace {

constexpr int max_code_bits = 15;
constexpr unsigned max_length_bits = max_code_bits + 5;  // a code and the number behind it
constexpr unsigned peeked_bits = 57;

/// Reads bits, the lowest of each byte first; behind the end there are zeros.
class BitReader {
 public:
  explicit BitReader(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

  /// The next `peeked_bits` or more.
  std::uint64_t peek() const noexcept {
    std::uint64_t bits = 0;
    const std::size_t byte = std::min(position_ / 8, bytes_.size());
    if constexpr (std::endian::native == std::endian::little) {
      if (byte + sizeof(bits) <= bytes_.size()) {
        std::memcpy(&bits, bytes_.data() + byte, sizeof(bits));
        return bits >> position_ % 8;
      }
    }
    for (std::size_t i = 0; i < sizeof(bits) && byte + i < bytes_.size(); ++i) {
      bits |= std::to_integer<std::uint64_t>(bytes_[byte + i]) << 8 * i;
    }
    return bits >> position_ % 8;
  }
  void skip(std::size_t bits) noexcept { position_ += bits; }
  std::uint32_t take(unsigned bits) noexcept {
    const std::uint64_t value = peek() & ((std::uint64_t{1} << bits) - 1);
    skip(bits);
    return static_cast<std::uint32_t>(value);
  }
  void align() noexcept { position_ = (position_ + 7) / 8 * 8; }
  std::size_t position() const noexcept { return position_; }
  bool past_end() const noexcept { return position_ > 8 * bytes_.size(); }

 private:
  std::span<const std::byte> bytes_;
  std::size_t position_ = 0;
};

/// What the walk needs to know of a symbol.
struct Code {
  std::uint8_t meaning = 0;
  std::uint8_t bits = 0;  ///< of the code and of the number behind it; 0: no such code
};
constexpr std::uint8_t literal = 0;
constexpr std::uint8_t match = 1;
constexpr std::uint8_t end_of_block = 2;

/// A symbol's meaning and the bits of the number behind its code.
using Describe = Code (*)(int symbol);

/// All codes of one Huffman code, to be found by what the stream goes on with.
class CodeTable {
 public:
  /// \returns false when such lengths belong to no code
  bool build(std::span<const std::uint8_t> lengths, Describe describe) noexcept {
    std::array<std::uint32_t, max_code_bits + 2> first{};  // code of every length; RFC 1951, section 3.2.2
    bits_ = std::max(1, int{*std::ranges::max_element(lengths)});
    for (const std::uint8_t length : lengths) first[length + std::size_t{1}] += length > 0 ? 1 : 0;
    for (std::size_t length = 1; length < first.size(); ++length)
      first[length] = (first[length] + first[length - 1]) << 1;
    std::fill_n(codes_.begin(), std::size_t{1} << bits_, Code{});
    for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol) {
      const int length = lengths[symbol];
      if (length == 0) continue;
      const std::uint32_t code = first[static_cast<std::size_t>(length)]++;
      if (code >> length != 0) return false;
      Code entry = describe(static_cast<int>(symbol));
      entry.bits = static_cast<std::uint8_t>(entry.bits + length);
      enter(code, length, entry);
    }
    return true;
  }
  Code find(std::uint64_t bits) const noexcept { return codes_[bits & ((std::size_t{1} << bits_) - 1)]; }

 private:
  /// A code stands in the stream with its highest bit first.
  void enter(std::uint32_t code, int length, Code entry) noexcept {
    std::size_t reversed = 0;
    for (int i = 0; i < length; ++i) reversed |= std::size_t{code >> i & 1} << (length - 1 - i);
    for (std::size_t i = reversed; i < std::size_t{1} << bits_; i += std::size_t{1} << length) codes_[i] = entry;
  }

  std::array<Code, std::size_t{1} << max_code_bits> codes_;
  int bits_ = 1;
};

Code describe_literal_or_length(int symbol) {
  if (symbol < 256) return {literal, 0};
  if (symbol == 256) return {end_of_block, 0};
  const int extra = symbol < 265 || symbol >= 285 ? 0 : (symbol - 261) / 4;
  return {match, static_cast<std::uint8_t>(extra)};
}
Code describe_distance(int symbol) { return {match, static_cast<std::uint8_t>(symbol < 4 ? 0 : symbol / 2 - 1)}; }
Code describe_code_length(int symbol) { return {static_cast<std::uint8_t>(symbol), 0}; }

class Walk {
 public:
  explicit Walk(std::span<const std::byte> stream) noexcept : reader_(stream) {}

  std::optional<LastBlock> run() noexcept {
    while (true) {
      const std::size_t header_bit = reader_.position();
      const bool last = reader_.take(1) == 1;
      const std::uint32_t type = reader_.take(2);
      const bool good = type == 0 ? stored_block() : type == 3 ? false : read_codes(type == 1) && coded_block();
      if (!good || reader_.past_end()) return {};
      if (last) return LastBlock{header_bit, reader_.position()};
    }
  }

 private:
  bool stored_block() noexcept {
    reader_.align();
    const std::uint32_t length = reader_.take(16);
    const std::uint32_t complement = reader_.take(16);
    reader_.skip(std::size_t{8} * length);
    return (length ^ complement) == 0xffff;
  }

  bool coded_block() noexcept {
    while (!reader_.past_end()) {
      // As many literals as one look at the stream gives.
      const std::uint64_t bits = reader_.peek();
      unsigned used = 0;
      Code code;
      do {
        code = literals_and_lengths_.find(bits >> used);
        used += code.bits;
      } while (code.bits > 0 && code.meaning == literal && used + max_length_bits <= peeked_bits);
      if (code.bits == 0) return false;
      reader_.skip(used);
      if (code.meaning == end_of_block) return true;
      if (code.meaning == literal) continue;
      const Code distance = distances_.find(reader_.peek());
      if (distance.bits == 0) return false;
      reader_.skip(distance.bits);
    }
    return false;
  }

  bool read_codes(bool fixed) noexcept {
    std::array<std::uint8_t, 288 + 32> lengths{};
    std::size_t literals = 288;
    std::size_t distances = 32;
    if (fixed) {
      std::fill_n(lengths.begin(), 144, std::uint8_t{8});
      std::fill_n(lengths.begin() + 144, 112, std::uint8_t{9});
      std::fill_n(lengths.begin() + 256, 24, std::uint8_t{7});
      std::fill_n(lengths.begin() + 280, 8, std::uint8_t{8});
      std::fill_n(lengths.begin() + 288, 32, std::uint8_t{5});
    } else {
      literals = 257 + reader_.take(5);
      distances = 1 + reader_.take(5);
      if (!read_lengths(std::span(lengths).first(std::min(literals + distances, lengths.size())))) return false;
    }
    return literals_and_lengths_.build(std::span(lengths).first(literals), describe_literal_or_length) &&
           distances_.build(std::span(lengths).subspan(literals, distances), describe_distance);
  }

  /// RFC 1951, section 3.2.7.
  bool read_lengths(std::span<std::uint8_t> lengths) noexcept {
    constexpr std::array<std::uint8_t, 19> order{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    std::array<std::uint8_t, 19> lengths_of_lengths{};
    const std::size_t given = 4 + reader_.take(4);
    for (std::size_t i = 0; i < given; ++i) lengths_of_lengths[order[i]] = static_cast<std::uint8_t>(reader_.take(3));
    if (!distances_.build(lengths_of_lengths, describe_code_length)) return false;
    for (std::size_t i = 0; i < lengths.size();) {
      const Code code = distances_.find(reader_.peek());
      if (code.bits == 0 || (code.meaning == 16 && i == 0)) return false;
      reader_.skip(code.bits);
      std::size_t count = 1;
      if (code.meaning == 16) count = 3 + reader_.take(2);
      if (code.meaning == 17) count = 3 + reader_.take(3);
      if (code.meaning == 18) count = 11 + reader_.take(7);
      const std::uint8_t length = code.meaning < 16    ? code.meaning
                                  : code.meaning == 16 ? lengths[i - 1]
                                                       : std::uint8_t{0};
      if (count > lengths.size() - i) return false;
      for (; count > 0; --count) lengths[i++] = length;
    }
    return true;
  }

  BitReader reader_;
  CodeTable literals_and_lengths_;
  CodeTable distances_;
};

}  // namespace

std::optional<LastBlock> find_last_block(std::span<const std::byte> stream) noexcept { return Walk(stream).run(); }

}  // namespace tessera::codec
