#pragma once

#include <cstddef>
#include <span>

#include <tessera/types.hpp>

#include "base/buffer.hpp"
#include "codec/decode.hpp"
#include "codec/unshuffle.hpp"
#include "pack/pack.hpp"

namespace tessera::detail {

/// The elements of a decoded chunk, which are copied out of it. Where they are planes of bytes still, rows become
/// elements where they go, without a copy of the chunk between.
class ChunkCells {
 public:
  /// \param memory for the whole chunk, for copies that are no rows; what it holds is lost
  ChunkCells(const codec::Decoded& decoded, DataType type, Buffer& memory)
      : decoded_(decoded), element_bytes_(size_of(type)), memory_(memory) {}

  /// \param job its source begins with element number `first` of the chunk, and is not looked at; of the chunk's type
  /// \throws std::bad_alloc
  void copy(pack::PackJob job, std::size_t first, codec::Stores stores);

 private:
  std::span<const std::byte> elements();
  bool copy_rows(const pack::PackJob& job, std::size_t first, codec::Stores stores) const;

  codec::Decoded decoded_;
  std::size_t element_bytes_;
  Buffer& memory_;
};

}  // namespace tessera::detail
