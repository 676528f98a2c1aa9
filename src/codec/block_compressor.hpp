#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "codec/method.hpp"

namespace tessera::codec {

/// One library as a maker of deflate blocks. Keeps the library's state from call to call, nothing of the bytes.
class BlockCompressor {
 public:
  virtual ~BlockCompressor() = default;

  /// Writes blocks for `bytes` (1 or more, below 4 GiB) that refer to nothing before them and end on a byte boundary.
  /// \param last the deflate stream ends here
  /// \returns bytes written; 0 when `out` is too small. What is in `out` then is undefined.
  /// \throws Error out_of_memory, internal when the library fails otherwise
  virtual std::size_t compress(std::span<const std::byte> bytes, Method method, bool last,
                               std::span<std::byte> out) = 0;
};

std::unique_ptr<BlockCompressor> make_zlib_compressor();
/// Null where Tessera was built without the library.
std::unique_ptr<BlockCompressor> make_isal_compressor();
std::unique_ptr<BlockCompressor> make_libdeflate_compressor();

}  // namespace tessera::codec
