#include "hdf5/read_attribute.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "hdf5/check.hpp"
#include "hdf5/element_type.hpp"
#include "hdf5/handle.hpp"
#include "schema/names.hpp"

namespace tessera::hdf5 {

namespace {

/// An open attribute with what is known of it.
struct Opened {
  Handle attribute;
  Handle type;
  std::size_t count = 0;
  bool is_single = false;  ///< a scalar space
};

std::optional<Opened> opened(hid_t owner, const std::string& about, const std::string& name) {
  const std::string what = about + "@" + name;
  Opened result;
  result.attribute = Handle(check_id(H5Aopen(owner, name.c_str(), H5P_DEFAULT), "H5Aopen", what), H5Aclose);
  result.type = Handle(check_id(H5Aget_type(result.attribute.get()), "H5Aget_type", what), H5Tclose);
  const Handle space(check_id(H5Aget_space(result.attribute.get()), "H5Aget_space", what), H5Sclose);
  const int rank = H5Sget_simple_extent_ndims(space.get());
  const hssize_t count = H5Sget_simple_extent_npoints(space.get());
  if (rank < 0 || rank > 1 || count < 0) return std::nullopt;
  result.is_single = rank == 0;
  result.count = static_cast<std::size_t>(count);
  return result;
}

template <class T>
std::vector<T> numbers(const Opened& from, hid_t memory_type, const std::string& what) {
  std::vector<T> values(from.count);
  if (!values.empty()) check(H5Aread(from.attribute.get(), memory_type, values.data()), "H5Aread", what);
  return values;
}

template <class T>
AttributeValue one_or_all(const Opened& from, std::vector<T> values) {
  if (from.is_single && values.size() == 1) return AttributeValue(values.front());
  return AttributeValue(std::move(values));
}

std::vector<std::string> fixed_texts(const Opened& from, const std::string& what) {
  const std::size_t size = H5Tget_size(from.type.get());
  std::vector<char> bytes(size * from.count);
  if (!bytes.empty()) check(H5Aread(from.attribute.get(), from.type.get(), bytes.data()), "H5Aread", what);
  const bool is_padded_with_spaces = H5Tget_strpad(from.type.get()) == H5T_STR_SPACEPAD;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < from.count; ++i) {
    std::string& text = texts.emplace_back(bytes.data() + i * size, size);
    const std::size_t last = text.find_last_not_of(is_padded_with_spaces ? ' ' : '\0');
    text.resize(last == std::string::npos ? 0 : last + 1);
    if (H5Tget_strpad(from.type.get()) == H5T_STR_NULLTERM) text.resize(std::min(text.size(), text.find('\0')));
  }
  return texts;
}

std::vector<std::string> variable_texts(const Opened& from, const std::string& what) {
  std::vector<char*> pointers(from.count, nullptr);
  if (pointers.empty()) return {};
  check(H5Aread(from.attribute.get(), from.type.get(), pointers.data()), "H5Aread", what);
  // HDF5 has allocated each text.
  struct Free {
    std::vector<char*>& pointers;
    ~Free() {
      for (char* pointer : pointers) H5free_memory(pointer);
    }
  } const free{pointers};
  std::vector<std::string> texts;
  texts.reserve(pointers.size());
  for (const char* pointer : pointers) texts.emplace_back(pointer != nullptr ? pointer : "");
  return texts;
}

std::optional<AttributeValue> integers(const Opened& from, const std::string& what) {
  const std::size_t bytes = H5Tget_size(from.type.get());
  const bool is_unsigned = H5Tget_sign(from.type.get()) == H5T_SGN_NONE;
  if (bytes > 8) return std::nullopt;
  if (bytes < 4 || (bytes == 4 && !is_unsigned)) {
    return one_or_all(from, numbers<std::int32_t>(from, H5T_NATIVE_INT32, what));
  }
  if (is_unsigned && bytes == 8) {
    const auto all = numbers<std::uint64_t>(from, H5T_NATIVE_UINT64, what);
    if (std::ranges::any_of(all, [](std::uint64_t value) { return value > INT64_MAX; })) return std::nullopt;
  }
  return one_or_all(from, numbers<std::int64_t>(from, H5T_NATIVE_INT64, what));
}

}  // namespace

std::vector<std::string> attribute_names(hid_t owner, const std::string& about) {
  std::vector<std::string> names;
  const auto add = [](hid_t, const char* name, const H5A_info_t*, void* list) -> herr_t {
    try {
      static_cast<std::vector<std::string>*>(list)->emplace_back(name);
      return 0;
    } catch (...) {
      return -1;  // no memory; HDF5 reports that the iteration failed
    }
  };
  hsize_t at = 0;
  // Where the order of creation was not kept HDF5 refuses that index.
  if (H5Aiterate2(owner, H5_INDEX_CRT_ORDER, H5_ITER_INC, &at, add, &names) < 0) {
    names.clear();
    at = 0;
    check(H5Aiterate2(owner, H5_INDEX_NAME, H5_ITER_INC, &at, add, &names), "H5Aiterate2", about);
  }
  return names;
}

bool has_attribute(hid_t owner, const std::string& about, const char* name) {
  const htri_t exists = H5Aexists(owner, name);
  check(exists, "H5Aexists", about + "@" + name);
  return exists > 0;
}

std::optional<AttributeValue> read_attribute(hid_t owner, const std::string& about, const std::string& name) {
  const std::string what = about + "@" + name;
  const auto from = opened(owner, about, name);
  if (!from) return std::nullopt;
  switch (H5Tget_class(from->type.get())) {
    case H5T_INTEGER: return integers(*from, what);
    case H5T_FLOAT:
      if (H5Tget_size(from->type.get()) <= 4) return one_or_all(*from, numbers<float>(*from, H5T_NATIVE_FLOAT, what));
      return one_or_all(*from, numbers<double>(*from, H5T_NATIVE_DOUBLE, what));
    case H5T_STRING: {
      const htri_t is_variable = H5Tis_variable_str(from->type.get());
      check(is_variable, "H5Tis_variable_str", what);
      return one_or_all(*from, is_variable > 0 ? variable_texts(*from, what) : fixed_texts(*from, what));
    }
    default: return std::nullopt;
  }
}

Attributes read_attributes(hid_t owner, const std::string& about, const std::set<std::string, std::less<>>& known) {
  Attributes result;
  for (const std::string& name : attribute_names(owner, about)) {
    if (schema::is_reserved(name) || known.contains(name)) continue;
    if (auto value = read_attribute(owner, about, name)) result.push_back({name, std::move(*value)});
  }
  return result;
}

std::vector<std::byte> read_element_attribute(hid_t owner, const std::string& about, const char* name, DataType type) {
  if (!has_attribute(owner, about, name)) return {};
  const auto from = opened(owner, about, name);
  if (!from || from->count != 1 || !element_type_of(from->type.get(), about)) return {};
  std::vector<std::byte> bytes(size_of(type));
  check(H5Aread(from->attribute.get(), memory_type(type).get(), bytes.data()), "H5Aread", about + "@" + name);
  return bytes;
}

std::string read_text(hid_t owner, const std::string& about, const char* name) {
  if (!has_attribute(owner, about, name)) return {};
  const auto value = read_attribute(owner, about, name);
  const auto* text = value ? std::get_if<std::string>(&value->storage()) : nullptr;
  return text != nullptr ? *text : std::string();
}

}  // namespace tessera::hdf5
