#include <hdf5.h>

#include <stdexcept>

#include "readers.hpp"

namespace bench {

namespace {

template <class Result>
Result check(Result result, const char* call) {
  if (result < 0) throw std::runtime_error(std::string(call) + " failed");
  return result;
}
#define CHECK(call) check(call, #call)

}  // namespace

void read_by_hand(const std::string& path, const Case& what, Block& block) {
  const hid_t access = CHECK(H5Pcreate(H5P_FILE_ACCESS));
  CHECK(H5Pset_fapl_mpio(access, MPI_COMM_WORLD, MPI_INFO_NULL));
  const hid_t file = CHECK(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access));
  const hid_t dataset = CHECK(H5Dopen2(file, dataset_path, H5P_DEFAULT));
  const hid_t transfer = CHECK(H5Pcreate(H5P_DATASET_XFER));
  CHECK(H5Pset_dxpl_mpio(transfer, H5FD_MPIO_COLLECTIVE));
  std::array<hsize_t, 4> start{0};
  std::array<hsize_t, 4> count{1};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    start[axis + 1] = static_cast<hsize_t>(block.lower[axis]);
    count[axis + 1] = static_cast<hsize_t>(block.extents[axis]);
  }
  // Of the box's shape: a one-dimensional one is several times slower.
  const hid_t memory = CHECK(H5Screate_simple(4, count.data(), nullptr));
  const hid_t space = CHECK(H5Dget_space(dataset));
  for (int n = 0; n < what.steps; ++n) {
    start[0] = static_cast<hsize_t>(n);
    CHECK(H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr));
    CHECK(H5Dread(dataset, H5T_NATIVE_DOUBLE, memory, space, transfer, block.values[0].data()));
  }
  CHECK(H5Sclose(space));
  CHECK(H5Sclose(memory));
  CHECK(H5Pclose(transfer));
  CHECK(H5Dclose(dataset));
  CHECK(H5Fclose(file));
  CHECK(H5Pclose(access));
}

}  // namespace bench
