#include "hdf5/driver_class.hpp"

#include <algorithm>
#include <iterator>

namespace tessera::hdf5 {

namespace {

/// HDF5 takes files that compare equal for one file. Trees are not, and a file that was opened again may show another
/// tree.
int compare_instances(const H5FD_t* a, const H5FD_t* b) { return a < b ? -1 : a > b ? 1 : 0; }

}  // namespace

H5FD_class_t driver_class(const char* name, [[maybe_unused]] int value) {
  H5FD_class_t table{};
#if H5_VERSION_GE(1, 14, 0)
  table.version = H5FD_CLASS_VERSION;
#endif
#if H5_VERSION_GE(1, 13, 0)
  table.value = static_cast<H5FD_class_value_t>(value);
#endif
  table.name = name;
  table.maxaddr = static_cast<haddr_t>(1) << 62;
  table.fc_degree = H5F_CLOSE_STRONG;
  table.cmp = compare_instances;
  const H5FD_mem_t free_lists[] = H5FD_FLMAP_DICHOTOMY;
  std::copy(std::begin(free_lists), std::end(free_lists), table.fl_map);
  return table;
}

}  // namespace tessera::hdf5
