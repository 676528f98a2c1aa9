#include "hdf5/element_type.hpp"

#include <array>

namespace tessera::hdf5 {

// HDF5's type names are macros that read variables set by H5open: tables of them have to be made at run time.

hid_t file_type(DataType type) {
  const std::array<hid_t, 10> types{H5T_STD_I8LE,  H5T_STD_I16LE, H5T_STD_I32LE, H5T_STD_I64LE,  H5T_STD_U8LE,
                                    H5T_STD_U16LE, H5T_STD_U32LE, H5T_STD_U64LE, H5T_IEEE_F32LE, H5T_IEEE_F64LE};
  return types[static_cast<std::size_t>(type)];
}

hid_t memory_type(DataType type) {
  const std::array<hid_t, 10> types{H5T_NATIVE_INT8,  H5T_NATIVE_INT16,  H5T_NATIVE_INT32,  H5T_NATIVE_INT64,
                                    H5T_NATIVE_UINT8, H5T_NATIVE_UINT16, H5T_NATIVE_UINT32, H5T_NATIVE_UINT64,
                                    H5T_NATIVE_FLOAT, H5T_NATIVE_DOUBLE};
  return types[static_cast<std::size_t>(type)];
}

}  // namespace tessera::hdf5
