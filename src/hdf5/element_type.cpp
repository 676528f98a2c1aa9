#include "hdf5/element_type.hpp"

#include <tessera/error.hpp>

namespace tessera::hdf5 {

namespace {

/// HDF5's names of a type. They are macros that read variables set by H5open: no table can be made of them at compile
/// time. The switch is complete, or the compiler warns.
struct Names {
  hid_t file;
  hid_t memory;
};

Names names_of(DataType type) {
  switch (type) {
    case DataType::int8: return {H5T_STD_I8LE, H5T_NATIVE_INT8};
    case DataType::int16: return {H5T_STD_I16LE, H5T_NATIVE_INT16};
    case DataType::int32: return {H5T_STD_I32LE, H5T_NATIVE_INT32};
    case DataType::int64: return {H5T_STD_I64LE, H5T_NATIVE_INT64};
    case DataType::uint8: return {H5T_STD_U8LE, H5T_NATIVE_UINT8};
    case DataType::uint16: return {H5T_STD_U16LE, H5T_NATIVE_UINT16};
    case DataType::uint32: return {H5T_STD_U32LE, H5T_NATIVE_UINT32};
    case DataType::uint64: return {H5T_STD_U64LE, H5T_NATIVE_UINT64};
    case DataType::float32: return {H5T_IEEE_F32LE, H5T_NATIVE_FLOAT};
    case DataType::float64: return {H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE};
  }
  throw Error(ErrorCode::internal, "an element type that HDF5 has no name for");
}

}  // namespace

hid_t file_type(DataType type) { return names_of(type).file; }

hid_t memory_type(DataType type) { return names_of(type).memory; }

}  // namespace tessera::hdf5
