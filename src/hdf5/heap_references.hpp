#pragma once

#include <hdf5.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "hdf5/global_heap.hpp"

/// \file
/// Elements of variable length. A dataset holds for each its length and where in which global heap it lies, without a
/// checksum; HDF5 1.10.8 follows that without a look: where it is damaged the process ends. HDF5 file format
/// specification 3.0, sections III.E and IV.A.2.d.

namespace tessera::hdf5 {

/// H5Dread, which for elements of variable length lets the file's driver look at the references first. Datasets with
/// filters are left to these: they have checksums of their own.
void read_elements(hid_t dataset, hid_t type, hid_t memory, hid_t space, void* elements, const std::string& about);

/// For drivers: looks at what HDF5 reads and will take apart, headers of virtual datasets (virtual_list.hpp) and
/// references. \throws Error hdf5 where one does not lead to an object of its length, and says which; storage
void require_sound(H5FD_mem_t type, std::uint64_t address, std::span<const std::byte> block, HeapSource source);

}  // namespace tessera::hdf5
