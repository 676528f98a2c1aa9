#include "hdf5/element_type.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <tessera/error.hpp>

#include "hdf5/check.hpp"

namespace tessera::hdf5 {

namespace {

struct Types {
  Handle file;
  Handle memory;

  Types(Handle in_file, Handle in_memory) : file(std::move(in_file)), memory(std::move(in_memory)) {}
  /// HDF5's own, which nobody closes.
  Types(hid_t in_file, hid_t in_memory) : file(in_file, leave), memory(in_memory, leave) {}

 private:
  static herr_t leave(hid_t) noexcept { return 0; }
};

/// A format of two bytes: the sign, the exponent, the fraction.
struct ShortFloat {
  DataType type;
  std::size_t exponent_bits;
  std::size_t fraction_bits;
  std::size_t bias;
};

/// float16 is what h5py, netCDF and HDF5 2.0 know as half precision. Other formats HDF5 converts as this says.
constexpr std::array short_floats{ShortFloat{DataType::float16, 5, 10, 15}, ShortFloat{DataType::bfloat16, 8, 7, 127}};

/// \param base float32 of that order
Handle like(hid_t base, DataType wanted) {
  const char* name = to_string(wanted);
  const ShortFloat& format = *std::ranges::find(short_floats, wanted, &ShortFloat::type);
  Handle type(check_id(H5Tcopy(base), "H5Tcopy", name), H5Tclose);
  // Fields first, then the size, else HDF5 refuses those that reach beyond it.
  check(H5Tset_fields(type.get(), 15, format.fraction_bits, format.exponent_bits, 0, format.fraction_bits),
        "H5Tset_fields", name);
  check(H5Tset_size(type.get(), 2), "H5Tset_size", name);
  check(H5Tset_ebias(type.get(), format.bias), "H5Tset_ebias", name);
  return type;
}

/// HDF5's names are macros that read variables set by H5open: no table can be made of them at compile time. The switch
/// is complete, or the compiler warns. A type that HDF5 has no name for is made here, as a Handle that closes it.
Types types_of(DataType type) {
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
    case DataType::float16:
    case DataType::bfloat16: return {like(H5T_IEEE_F32LE, type), like(H5T_NATIVE_FLOAT, type)};
  }
  throw Error(ErrorCode::internal, "an element type that HDF5 has no name for");
}

/// Whether a format of two bytes is this one.
bool is_short_float(hid_t type, DataType wanted, const std::string& about) {
  std::size_t sign = 0;
  std::size_t exponent = 0;
  std::size_t exponent_bits = 0;
  std::size_t fraction = 0;
  std::size_t fraction_bits = 0;
  check(H5Tget_fields(type, &sign, &exponent, &exponent_bits, &fraction, &fraction_bits), "H5Tget_fields", about);
  const ShortFloat& format = *std::ranges::find(short_floats, wanted, &ShortFloat::type);
  return exponent_bits == format.exponent_bits && fraction_bits == format.fraction_bits &&
         H5Tget_ebias(type) == format.bias;
}

}  // namespace

Handle file_type(DataType type) { return types_of(type).file; }

Handle memory_type(DataType type) { return types_of(type).memory; }

std::optional<DataType> element_type_of(hid_t type, const std::string& about) {
  const H5T_class_t kind = H5Tget_class(type);
  const std::size_t bytes = H5Tget_size(type);
  if (kind == H5T_NO_CLASS || bytes == 0) check(-1, "H5Tget_class", about);
  if (kind != H5T_INTEGER && kind != H5T_FLOAT) return std::nullopt;
  const bool is_signed = kind == H5T_FLOAT || H5Tget_sign(type) == H5T_SGN_2;
  for (const detail::ElementType& element : detail::element_types) {
    if (element.bytes != bytes || element.is_floating != (kind == H5T_FLOAT) || element.is_signed != is_signed)
      continue;
    if (detail::is_short_float(element.type) && !is_short_float(type, element.type, about)) continue;
    return element.type;
  }
  return std::nullopt;
}

std::size_t size_in_file(hid_t type, const std::string& about) {
  constexpr std::size_t address = 8;
  constexpr std::size_t in_heap = 4 + address + 4;  // a length, and which object of which heap
  const std::size_t in_memory = H5Tget_size(type);
  if (in_memory == 0) check(-1, "H5Tget_size", about);
  const auto part = [&](hid_t of, const char* call) { return Handle(check_id(of, call, about), H5Tclose); };
  switch (H5Tget_class(type)) {
    case H5T_STRING: return H5Tis_variable_str(type) > 0 ? in_heap : in_memory;
    case H5T_VLEN: return in_heap;
    case H5T_REFERENCE:
      if (H5Tequal(type, H5T_STD_REF_OBJ) > 0) return address;
      if (H5Tequal(type, H5T_STD_REF_DSETREG) > 0) return address + 4;
      return 2 + in_heap;  // of 1.12 and later: its kind and flags come before
    case H5T_ARRAY: {
      const Handle of = part(H5Tget_super(type), "H5Tget_super");
      return in_memory / H5Tget_size(of.get()) * size_in_file(of.get(), about);
    }
    case H5T_COMPOUND: {
      // Gaps between members stay as they are.
      const int members = H5Tget_nmembers(type);
      check(members, "H5Tget_nmembers", about);
      std::size_t size = in_memory;
      for (unsigned i = 0; i < static_cast<unsigned>(members); ++i) {
        const Handle member = part(H5Tget_member_type(type, i), "H5Tget_member_type");
        size = size - H5Tget_size(member.get()) + size_in_file(member.get(), about);
      }
      return size;
    }
    default: return in_memory;
  }
}

void give_back_elements(hid_t type, hid_t space, void* elements, const std::string& about) {
  // What has no pointers it goes through, and does nothing.
  const H5T_class_t kind = H5Tget_class(type);
  if (kind == H5T_INTEGER || kind == H5T_FLOAT) return;
  check(H5Dvlen_reclaim(type, space, H5P_DEFAULT, elements), "H5Dvlen_reclaim", about);
}

}  // namespace tessera::hdf5
