#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/function_ref.hpp"
#include "hdf5/index_block.hpp"

/// \file
/// Chunk indexes, read whole: 10^6 chunks in tenths of a second, where HDF5's own calls look each chunk up, or (before
/// 1.14) go through the index from its begin for each. HDF5 file format specification 3.0, VII and III.A.1.

namespace tessera::hdf5 {

/// What an index has of a chunk.
struct IndexEntry {
  std::uint64_t address = no_address;
  std::uint64_t size = 0;
  std::uint32_t mask = 0;
};

/// Elements of an array of chunks, as they are stored: with sizes where there are filters.
struct ElementForm {
  std::uint64_t chunk_bytes = 0;  ///< of a chunk without filters
  std::size_t bytes = 0;          ///< of an element
  bool filtered = false;

  IndexEntry take(Cursor& cursor) const noexcept;
};

/// \param number of the chunk in the array
using TakeElement = FunctionRef<void(std::uint64_t number, const IndexEntry& entry)>;
/// \param scaled the chunk's place in the grid of chunks, an element per axis
using TakeScaled = FunctionRef<void(const std::uint64_t* scaled, const IndexEntry& entry)>;

/// A block of an extensible or a fixed array, as it is stored. In each but the header and pages the header's address
/// comes behind six bytes.
struct ArrayBlock {
  enum class Kind : std::uint8_t { header, index, secondary, data, page };
  Kind kind;
  std::uint64_t address = 0;
  std::span<const std::byte> bytes;  ///< of a data block that has pages: what comes before them
  std::size_t pointers = 0;          ///< addresses of other blocks, the last ones before the checksum
  std::uint64_t page_bytes = 0;      ///< of all pages, which follow a data block
};
using SeeBlock = FunctionRef<void(const ArrayBlock&)>;
inline constexpr auto ignore_block = [](const ArrayBlock&) {};

/// \{ All chunks that there are, from the index whose header (or root) lies at `address`. \throws Error hdf5, storage
/// \param see is shown all blocks that were written: those first that others name, pages before their block
/// \param least the first element that is taken
void read_extensible_array(IndexSource& source, std::uint64_t address, std::uint64_t chunk_bytes, TakeElement take,
                           SeeBlock see = ignore_block, std::uint64_t least = 0);
void read_fixed_array(IndexSource& source, std::uint64_t address, std::uint64_t chunk_bytes, TakeElement take,
                      SeeBlock see = ignore_block);
void read_btree(IndexSource& source, std::uint64_t address, std::uint64_t node_bytes, const std::uint64_t* chunk,
                std::size_t axes, TakeScaled take);
void read_btree_2(IndexSource& source, std::uint64_t address, std::uint64_t chunk_bytes, std::size_t axes,
                  TakeScaled take);
/// \}

}  // namespace tessera::hdf5
