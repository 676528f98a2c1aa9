#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tessera::hdf5 {

/// Whether a block that HDF5 reads is a global heap that it survives: global heaps have no checksum, and HDF5 1.10 and
/// later look at nothing before they copy objects out of them, or go through them for ever. True for other blocks.
/// HDF5 file format specification 3.0, section III.E.
bool is_sound_heap(std::span<const std::byte> block) noexcept;

/// An object of a whole heap that is sound; nothing where it has none of that number.
std::span<const std::byte> object_in(std::span<const std::byte> heap, std::uint64_t number) noexcept;

}  // namespace tessera::hdf5
