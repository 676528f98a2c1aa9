#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "hdf5/global_heap.hpp"

/// \file
/// The lists of what virtual datasets refer to. They lie in global heaps, with a checksum that HDF5 1.10.8 looks at
/// only when it has taken the list apart: where one is damaged it writes behind its buffers, and the process ends.
/// HDF5 file format specification 3.0, sections III.E and IV.A.2.i.

namespace tessera::hdf5 {

/// Looks at the lists of the virtual datasets whose headers lie in a block that HDF5 reads, and will then take apart.
/// \param block at `address`, read by itself: HDF5 reads headers so where it has no accumulator of metadata
/// \throws Error hdf5 where a list has not the checksum that stands at its end, and says where that is; storage
void require_sound_lists(std::uint64_t address, std::span<const std::byte> block, HeapSource source);

}  // namespace tessera::hdf5
