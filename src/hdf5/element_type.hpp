#pragma once

#include <hdf5.h>

#include <tessera/types.hpp>

namespace tessera::hdf5 {

/// The type in the file: little-endian, so that a file has the same bytes whatever machine wrote it.
hid_t file_type(DataType type);
/// The type in this machine's memory.
hid_t memory_type(DataType type);

}  // namespace tessera::hdf5
