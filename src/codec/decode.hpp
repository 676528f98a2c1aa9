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

/// Undoes a pipeline. One thread at a time; it serves any number of datasets, and keeps up to two chunks of memory.
class Decoder {
 public:
  /// \param filters in the order in which the chunk went through them; can_decode
  /// \param stored what the file holds; \param mask bit i: filter i was skipped for this chunk
  /// \param elements where the chunk goes; its size is the chunk's
  /// \throws Error hdf5 where the bytes are damaged, or not as many as the chunk has; the text goes on from "chunk 3: "
  void decode(std::span<const Filter> filters, std::span<const std::byte> stored, std::uint32_t mask,
              std::span<std::byte> elements);

  /// The memory that it keeps.
  std::size_t bytes() const noexcept { return between_[0].size() + between_[1].size(); }

  Inflater& inflater() noexcept { return inflater_; }

 private:
  Inflater inflater_;
  Buffer between_[2];
};

}  // namespace tessera::codec
