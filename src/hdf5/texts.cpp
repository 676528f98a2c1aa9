#include "hdf5/texts.hpp"

#include "hdf5/check.hpp"
#include "hdf5/heap_references.hpp"

namespace tessera::hdf5 {

Handle text_type() {
  Handle type(check_id(H5Tcopy(H5T_C_S1), "H5Tcopy", "a string type"), H5Tclose);
  check(H5Tset_size(type.get(), H5T_VARIABLE), "H5Tset_size", "a string type");
  check(H5Tset_cset(type.get(), H5T_CSET_UTF8), "H5Tset_cset", "a string type");
  return type;
}

bool has_texts(hid_t dataset, const std::string& about) {
  const Handle type(check_id(H5Dget_type(dataset), "H5Dget_type", about), H5Tclose);
  const Handle space(check_id(H5Dget_space(dataset), "H5Dget_space", about), H5Sclose);
  if (H5Tget_class(type.get()) != H5T_STRING || H5Sget_simple_extent_ndims(space.get()) != 1) return false;
  const htri_t is_variable = H5Tis_variable_str(type.get());
  check(is_variable, "H5Tis_variable_str", about);
  return is_variable > 0;
}

std::vector<std::string> read_texts(hid_t dataset, const std::string& about) {
  const Handle space(check_id(H5Dget_space(dataset), "H5Dget_space", about), H5Sclose);
  const hssize_t count = H5Sget_simple_extent_npoints(space.get());
  check(count < 0 ? -1 : 0, "H5Sget_simple_extent_npoints", about);
  std::vector<char*> pointers(static_cast<std::size_t>(count), nullptr);
  // HDF5 allocates each text.
  struct Free {
    std::vector<char*>& pointers;
    ~Free() {
      for (char* pointer : pointers) H5free_memory(pointer);
    }
  } const free{pointers};
  const Handle type = text_type();
  if (count > 0) read_elements(dataset, type.get(), H5S_ALL, H5S_ALL, pointers.data(), about);
  std::vector<std::string> texts;
  texts.reserve(pointers.size());
  for (const char* pointer : pointers) texts.emplace_back(pointer != nullptr ? pointer : "");
  return texts;
}

void write_texts(hid_t dataset, const std::vector<std::string>& texts, const std::string& about) {
  std::vector<const char*> pointers;
  pointers.reserve(texts.size());
  for (const std::string& text : texts) pointers.push_back(text.c_str());
  const Handle type = text_type();
  check(H5Dwrite(dataset, type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()), "H5Dwrite", about);
}

}  // namespace tessera::hdf5
