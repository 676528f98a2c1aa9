#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tessera::codec {

/// The checksum of HDF5's filter fletcher32, which sums up 16-bit words with the high byte first.
std::uint32_t fletcher32(std::span<const std::byte> bytes) noexcept;

/// Bytes that the filter adds at the end of a chunk.
inline constexpr std::size_t fletcher32_bytes = 4;

/// Does a chunk end with its checksum? \param bytes with the checksum
bool ends_with_fletcher32(std::span<const std::byte> bytes) noexcept;

}  // namespace tessera::codec
