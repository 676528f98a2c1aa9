#pragma once

#include <optional>
#include <string>

#include <tessera/types.hpp>

#include "hdf5/handle.hpp"

/// \file
/// Element types as HDF5 has them. The handles close what was made for the caller; HDF5's own types they leave alone.

namespace tessera::hdf5 {

/// The type in the file: little-endian, so that a file has the same bytes whatever machine wrote it.
Handle file_type(DataType type);
/// The type in this machine's memory.
Handle memory_type(DataType type);

/// The element type that a type of HDF5 is, in any byte order; nothing for what no field can hold.
std::optional<DataType> element_type_of(hid_t type, const std::string& about);

}  // namespace tessera::hdf5
