#include <hdf5.h>

#include <stdexcept>

#include "writers.hpp"

namespace bench {

namespace {

template <class Result>
Result check(Result result, const char* call) {
  if (result < 0) throw std::runtime_error(std::string(call) + " failed");
  return result;
}
#define CHECK(call) check(call, #call)

std::array<hsize_t, 3> sizes(const Extents& extents) {
  return {static_cast<hsize_t>(extents[0]), static_cast<hsize_t>(extents[1]), static_cast<hsize_t>(extents[2])};
}

hid_t create_file(MPI_Comm comm, const std::string& path) {
  const hid_t access = CHECK(H5Pcreate(H5P_FILE_ACCESS));
  CHECK(H5Pset_fapl_mpio(access, comm, MPI_INFO_NULL));
  CHECK(H5Pset_coll_metadata_write(access, true));
  CHECK(H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110));
  const hid_t file = CHECK(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access));
  CHECK(H5Pclose(access));
  return file;
}

hid_t create_dataset(hid_t file, const Case& what) {
  const hid_t group = CHECK(H5Gcreate2(file, "simulation_1", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  CHECK(H5Gclose(group));
  const auto edge = static_cast<hsize_t>(what.edge);
  const auto chunk_edge = static_cast<hsize_t>(what.chunk);
  const std::array<hsize_t, 4> shape{0, edge, edge, edge};
  const std::array<hsize_t, 4> largest{H5S_UNLIMITED, edge, edge, edge};
  const std::array<hsize_t, 4> chunk{1, chunk_edge, chunk_edge, chunk_edge};
  const hid_t space = CHECK(H5Screate_simple(4, shape.data(), largest.data()));
  const hid_t creation = CHECK(H5Pcreate(H5P_DATASET_CREATE));
  CHECK(H5Pset_chunk(creation, 4, chunk.data()));
  CHECK(H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER));
  if (what.level > 0) {
    CHECK(H5Pset_shuffle(creation));
    CHECK(H5Pset_deflate(creation, static_cast<unsigned>(what.level)));
  }
  const hid_t dataset =
      CHECK(H5Dcreate2(file, dataset_path, H5T_IEEE_F64LE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
  CHECK(H5Pclose(creation));
  CHECK(H5Sclose(space));
  return dataset;
}

/// The owned points within the array in memory.
hid_t memory_space(const Case& what, const Block& block) {
  const auto in_memory = sizes(block.in_memory);
  const auto count = sizes(block.extents);
  const auto halo = static_cast<hsize_t>(what.halo);
  const std::array<hsize_t, 3> start{halo, halo, halo};
  const hid_t space = CHECK(H5Screate_simple(3, in_memory.data(), nullptr));
  CHECK(H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr));
  return space;
}

void write_step(hid_t dataset, hid_t memory, hid_t transfer, const Case& what, const Block& block, int n) {
  const auto step = static_cast<hsize_t>(n);
  const auto edge = static_cast<hsize_t>(what.edge);
  const std::array<hsize_t, 4> shape{step + 1, edge, edge, edge};
  CHECK(H5Dset_extent(dataset, shape.data()));
  const hid_t space = CHECK(H5Dget_space(dataset));
  const auto lower = sizes(block.lower);
  const auto extents = sizes(block.extents);
  const std::array<hsize_t, 4> start{step, lower[0], lower[1], lower[2]};
  const std::array<hsize_t, 4> count{1, extents[0], extents[1], extents[2]};
  CHECK(H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr));
  const auto& values = block.values[static_cast<std::size_t>(n) % block.values.size()];
  CHECK(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, memory, space, transfer, values.data()));
  CHECK(H5Sclose(space));
}

}  // namespace

void write_by_hand(MPI_Comm comm, const std::string& path, const Case& what, const Block& block) {
  const hid_t file = create_file(comm, path);
  const hid_t dataset = create_dataset(file, what);
  const hid_t memory = memory_space(what, block);
  const hid_t transfer = CHECK(H5Pcreate(H5P_DATASET_XFER));
  CHECK(H5Pset_dxpl_mpio(transfer, H5FD_MPIO_COLLECTIVE));
  for (int n = 0; n < what.steps; ++n) {
    write_step(dataset, memory, transfer, what, block, n);
    if (what.flush) CHECK(H5Fflush(file, H5F_SCOPE_GLOBAL));
  }
  CHECK(H5Pclose(transfer));
  CHECK(H5Sclose(memory));
  CHECK(H5Dclose(dataset));
  CHECK(H5Fclose(file));
}

}  // namespace bench
