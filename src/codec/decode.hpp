#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/buffer.hpp"
#include "base/filters.hpp"
#include "codec/inflate.hpp"

/// \file
/// What a dataset stores for a chunk, back into its elements: bytes to bytes, no HDF5 and no MPI. A filter more is a
/// line in `stages` of decode.cpp, and a function.

namespace tessera::codec {

/// Whether chunks with these filters can be decoded here.
bool can_decode(std::span<const Filter> filters) noexcept;

/// A chunk that is decoded, but for its bytes' order.
struct Decoded {
  std::span<const std::byte> bytes;  ///< of a decoder, until it decodes the next one; or the stored ones
  std::size_t planes = 1;            ///< above 1: the bytes are as many planes, for unshuffle()
};

/// Undoes a pipeline. One thread at a time; it serves any number of datasets, and keeps up to two chunks of memory.
class Decoder {
 public:
  /// \param filters in the order in which the chunk went through them; can_decode
  /// \param stored what the file holds; \param mask bit i: filter i was skipped for this chunk
  /// \param elements where the chunk goes; its size is the chunk's
  /// \throws Error hdf5 where the bytes are damaged, or not as many as the chunk has; the text goes on from "chunk 3: "
  void decode(std::span<const Filter> filters, std::span<const std::byte> stored, std::uint32_t mask,
              std::span<std::byte> elements);

  /// The same into memory of the decoder, where it has to go anywhere at all. \param size the chunk's, in bytes
  Decoded decode(std::span<const Filter> filters, std::span<const std::byte> stored, std::uint32_t mask,
                 std::size_t size);

  /// The memory that it keeps.
  std::size_t bytes() const noexcept { return between_[0].size() + between_[1].size(); }

  Inflater& inflater() noexcept { return inflater_; }

 private:
  struct Applied;
  std::span<const std::byte> undo(const Applied& applied, std::size_t least, std::span<const std::byte> stored,
                                  std::span<std::byte> elements);

  Inflater inflater_;
  Buffer between_[2];
};

}  // namespace tessera::codec
