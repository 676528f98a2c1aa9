#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/function_ref.hpp"

namespace tessera::hdf5 {

/// What a driver reads a file with.
struct HeapSource {
  /// What lies behind the end of the file may read as zeros. \throws Error storage
  FunctionRef<void(std::uint64_t offset, std::span<std::byte> bytes)> read;
  std::uint64_t end = 0;   ///< of the file, as HDF5 knows it
  std::uint64_t base = 0;  ///< what addresses in the file are counted from
};

/// Whether a block that HDF5 reads is a global heap that it survives: global heaps have no checksum, and HDF5 1.10 and
/// later look at nothing before they copy objects out of them, or go through them for ever. True for other blocks.
/// HDF5 file format specification 3.0, section III.E.
bool is_sound_heap(std::span<const std::byte> block) noexcept;

/// The heap at an address, whole: nothing where none begins there, no bytes where it is not sound or goes beyond the
/// end. \throws Error storage
std::optional<std::vector<std::byte>> read_heap(std::uint64_t address, const HeapSource& source);

/// An object of a whole heap that is sound; nothing where it has none of that number.
std::span<const std::byte> object_in(std::span<const std::byte> heap, std::uint64_t number) noexcept;

}  // namespace tessera::hdf5
