#include "hdf5/attribute.hpp"

#include <algorithm>
#include <cstdint>
#include <span>

#include "hdf5/check.hpp"
#include "hdf5/element_type.hpp"
#include "hdf5/handle.hpp"

namespace tessera::hdf5 {

namespace {

/// What all kinds of values come down to: a type in the file, one in memory, a shape and bytes (of variable-length
/// strings: their addresses).
struct Encoded {
  Handle file;
  Handle memory;               ///< none: as in the file
  std::vector<hsize_t> shape;  ///< empty: a single value
  std::vector<char> bytes;
};

template <class T>
Encoded numbers(const T* values, std::size_t count, DataType type, bool scalar) {
  Encoded result;
  result.file = file_type(type);
  result.memory = memory_type(type);
  if (!scalar) result.shape = {count};
  const char* bytes = reinterpret_cast<const char*>(values);
  result.bytes.assign(bytes, bytes + count * sizeof(T));
  return result;
}

Encoded with_string_type(std::size_t size, H5T_str_t padding) {
  Encoded result;
  result.file = Handle(check_id(H5Tcopy(H5T_C_S1), "H5Tcopy", "a string type"), H5Tclose);
  const hid_t type = result.file.get();
  check(H5Tset_size(type, size), "H5Tset_size", "a string type");
  check(H5Tset_cset(type, H5T_CSET_UTF8), "H5Tset_cset", "a string type");
  check(H5Tset_strpad(type, padding), "H5Tset_strpad", "a string type");
  return result;
}

/// As long as the longest one, UTF-8, padded with zeros; one text is what netCDF calls characters.
Encoded fixed_text(std::span<const std::string> values, bool scalar) {
  std::size_t length = 1;
  for (const std::string& value : values) length = std::max(length, value.size());
  Encoded result = with_string_type(length, H5T_STR_NULLPAD);
  if (!scalar) result.shape = {values.size()};
  result.bytes.assign(values.size() * length, '\0');
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::ranges::copy(values[i], result.bytes.begin() + static_cast<std::ptrdiff_t>(i * length));
  }
  return result;
}

/// HDF5 reads what pointers point at: `values` have to stay.
Encoded variable_text(std::span<const std::string> values, bool scalar) {
  Encoded result = with_string_type(H5T_VARIABLE, H5T_STR_NULLTERM);
  if (!scalar) result.shape = {values.size()};
  std::vector<const char*> pointers;
  for (const std::string& value : values) pointers.push_back(value.c_str());
  const char* bytes = reinterpret_cast<const char*>(pointers.data());
  result.bytes.assign(bytes, bytes + pointers.size() * sizeof(const char*));
  return result;
}

template <class T>
Encoded encode(const T& value, schema::TextForm) {
  return numbers(&value, 1, data_type_of<T>(), true);
}
template <class T>
Encoded encode(const std::vector<T>& values, schema::TextForm) {
  return numbers(values.data(), values.size(), data_type_of<T>(), false);
}
/// NetCDF has no truth values, and HDF5's enumerations become user types there: int8, 0 or 1.
Encoded encode(bool value, schema::TextForm form) { return encode<std::int8_t>(value ? 1 : 0, form); }
Encoded encode(const std::vector<bool>& values, schema::TextForm form) {
  return encode(std::vector<std::int8_t>(values.begin(), values.end()), form);
}
/// A variable-length string ends at a zero.
Encoded text(std::span<const std::string> values, bool scalar, bool fixed) {
  const bool has_zero = std::ranges::any_of(values, [](const auto& value) { return value.find('\0') != value.npos; });
  return fixed || has_zero ? fixed_text(values, scalar) : variable_text(values, scalar);
}
Encoded encode(const std::string& value, schema::TextForm form) {
  Encoded result = text({&value, 1}, true, form != schema::TextForm::variable);
  if (form == schema::TextForm::ascii) check(H5Tset_cset(result.file.get(), H5T_CSET_ASCII), "H5Tset_cset", "ASCII");
  return result;
}
/// Of lists netCDF makes strings, not characters, however they are stored.
Encoded encode(const std::vector<std::string>& values, schema::TextForm) { return text(values, false, false); }

void write(hid_t owner, const std::string& about, const std::string& name, const Encoded& value) {
  const std::string what = about + "@" + name;
  const int rank = static_cast<int>(value.shape.size());
  const Handle space(rank == 0
                         ? check_id(H5Screate(H5S_SCALAR), "H5Screate", what)
                         : check_id(H5Screate_simple(rank, value.shape.data(), nullptr), "H5Screate_simple", what),
                     H5Sclose);
  const Handle list(check_id(H5Pcreate(H5P_ATTRIBUTE_CREATE), "H5Pcreate", what), H5Pclose);
  check(H5Pset_char_encoding(list.get(), H5T_CSET_UTF8), "H5Pset_char_encoding", what);
  const Handle attribute(check_id(H5Acreate2(owner, name.c_str(), value.file.get(), space.get(), list.get(),
                                             H5P_DEFAULT),
                                  "H5Acreate2", what),
                         H5Aclose);
  if (!value.bytes.empty()) {
    const hid_t memory = value.memory.get() >= 0 ? value.memory.get() : value.file.get();
    check(H5Awrite(attribute.get(), memory, value.bytes.data()), "H5Awrite", what);
  }
}

}  // namespace

void write_attribute(hid_t owner, const std::string& about, const std::string& name, const AttributeValue& value,
                     schema::TextForm form) {
  std::visit([&](const auto& content) { write(owner, about, name, encode(content, form)); }, value.storage());
}

void write_element_attribute(hid_t owner, const std::string& about, const std::string& name, DataType type,
                             const std::vector<std::byte>& value) {
  // In a 1-D space, also of one: what netCDF itself writes for _FillValue.
  write(owner, about, name,
        {file_type(type),
         memory_type(type),
         {static_cast<hsize_t>(value.size() / size_of(type))},
         std::vector<char>(reinterpret_cast<const char*>(value.data()),
                           reinterpret_cast<const char*>(value.data()) + value.size())});
}

}  // namespace tessera::hdf5
