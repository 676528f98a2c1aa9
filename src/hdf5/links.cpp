#include "hdf5/links.hpp"

#include <new>

#include "hdf5/check.hpp"

namespace tessera::hdf5 {

namespace {

struct Found {
  std::vector<Link> links;
  bool lacks_memory = false;
};

/// Through HDF5 nothing can be thrown.
herr_t add(hid_t, const char* name, const H5L_info_t* info, void* list) {
  auto& found = *static_cast<Found*>(list);
  try {
    found.links.push_back({name, info->type == H5L_TYPE_HARD});
    return 0;
  } catch (...) {
    found.lacks_memory = true;
    return -1;
  }
}

herr_t find(hid_t group, H5_index_t order, Found& found) {
  hsize_t at = 0;
  found.links.clear();
  const herr_t result = H5Literate(group, order, H5_ITER_INC, &at, add, &found);
  if (found.lacks_memory) throw std::bad_alloc();
  return result;
}

}  // namespace

std::vector<Link> links_of(hid_t group, const std::string& about) {
  Found found;
  if (find(group, H5_INDEX_CRT_ORDER, found) < 0) check(find(group, H5_INDEX_NAME, found), "H5Literate", about);
  return std::move(found.links);
}

}  // namespace tessera::hdf5
