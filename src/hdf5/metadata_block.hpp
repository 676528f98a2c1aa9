#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tessera::hdf5 {

/// A block of metadata that HDF5 has read.
struct MetadataBlock {
  std::uint64_t address = 0;
  std::uint64_t size = 0;  ///< of the block; HDF5 may read more than that, where it does not know how long it is
  char signature[4] = {};  ///< zeros where it has none

  std::string_view kind() const noexcept { return {signature, 4}; }
};

/// \param bytes what HDF5 read there. HDF5 file format specification 3.0.
MetadataBlock metadata_block(std::uint64_t address, std::span<const std::byte> bytes) noexcept;

}  // namespace tessera::hdf5
