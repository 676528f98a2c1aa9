#pragma once

#include <cstddef>
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

/// Bytes of an element of any type in a file whose addresses have 8: what refers to elsewhere is a pointer in memory.
/// \throws Error hdf5
std::size_t size_in_file(hid_t type, const std::string& about);

/// Gives back what HDF5 allocated for elements that it has read, if it did: for texts and lists of variable length.
/// \throws Error hdf5
void give_back_elements(hid_t type, hid_t space, void* elements, const std::string& about);

}  // namespace tessera::hdf5
