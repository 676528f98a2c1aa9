#include "hdf5/read_box.hpp"

#include <vector>

#include "hdf5/check.hpp"
#include "hdf5/element_type.hpp"
#include "hdf5/virtual_parts.hpp"

namespace tessera::hdf5 {

void read_box(hid_t dataset, const schema::Field& field, std::int64_t step, const Box& box, DataType type,
              void* target) {
  std::vector<hsize_t> start;
  std::vector<hsize_t> count;
  const auto add = [&](std::int64_t first, std::int64_t extent) {
    start.push_back(static_cast<hsize_t>(first));
    count.push_back(static_cast<hsize_t>(extent));
  };
  if (field.time_dependent) add(step, 1);
  for (std::size_t axis = 0; axis < box.rank(); ++axis) add(box.lower[axis], box.upper[axis] - box.lower[axis]);
  for (const std::int64_t extent : field.component_extents()) add(0, extent);
  std::vector<hsize_t> end = start;
  for (std::size_t axis = 0; axis < end.size(); ++axis) end[axis] += count[axis];
  require_parts(dataset, start, end, field.path);
  const Handle in_file(check_id(H5Dget_space(dataset), "H5Dget_space", field.path), H5Sclose);
  check(H5Sselect_hyperslab(in_file.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
        "H5Sselect_hyperslab", field.path);
  const Handle in_memory(check_id(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr),
                                  "H5Screate_simple", field.path),
                         H5Sclose);
  check(H5Dread(dataset, memory_type(type).get(), in_memory.get(), in_file.get(), H5P_DEFAULT, target), "H5Dread",
        field.path);
}

}  // namespace tessera::hdf5
