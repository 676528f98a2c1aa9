#include "femm_field.hpp"

#include <hdf5.h>

#include <stdexcept>

namespace tessera::bench {

namespace {

void require(bool good, const std::string& file) {
  if (!good) throw std::runtime_error("cannot read the magnetic field from " + file);
}

FemmComponent read_component(hid_t file, const char* path, const std::string& name) {
  const hid_t dataset = H5Dopen2(file, path, H5P_DEFAULT);
  require(dataset >= 0, name);
  const hid_t space = H5Dget_space(dataset);
  hsize_t extents[3] = {};
  require(H5Sget_simple_extent_ndims(space) == 3 && H5Sget_simple_extent_dims(space, extents, nullptr) == 3, name);
  FemmComponent component{{extents[0], extents[1], extents[2]}, {}};
  component.values.resize(extents[0] * extents[1] * extents[2]);
  require(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, component.values.data()) >= 0, name);
  H5Sclose(space);
  H5Dclose(dataset);
  return component;
}

}  // namespace

std::vector<FemmComponent> read_femm_field(const std::string& file) {
  const hid_t handle = H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  require(handle >= 0, file);
  std::vector<FemmComponent> components;
  for (const char* axis : {"x", "y", "z"}) {
    components.push_back(read_component(handle, (std::string("/data/1/meshes/B/") + axis).c_str(), file));
  }
  H5Fclose(handle);
  return components;
}

}  // namespace tessera::bench
