#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace tessera::codec {

/// Where things lie in a deflate stream, in bits from its beginning (bit 0 is the lowest of the first byte).
struct LastBlock {
  std::size_t header_bit = 0;  ///< the bit that says that this block is the last one
  std::size_t end_bit = 0;     ///< behind the stream's last bit
};

/// Walks through a raw deflate stream (RFC 1951) to its last block, reading codes and producing nothing: a few times as
/// fast as inflating. Nothing when `stream` ends early or is not deflate; it does not look whether distances are
/// possible.
std::optional<LastBlock> find_last_block(std::span<const std::byte> stream) noexcept;

}  // namespace tessera::codec
