/// \file
/// A program that opens a file with stock HDF5, reads the last time of a run, closes it, and begins again, until it is
/// ended: the worst of all readers.
///
///     read_in_a_loop [--pause MS] FILE

#include <hdf5.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace {

void read_last_time(const char* path) {
  const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  if (file < 0) return;
  const hid_t dataset = H5Dopen2(file, "/simulation_1/time", H5P_DEFAULT);
  if (dataset >= 0) {
    const hid_t space = H5Dget_space(dataset);
    hsize_t length = 0;
    H5Sget_simple_extent_dims(space, &length, nullptr);
    if (length > 0) {
      const hsize_t begin = length - 1;
      const hsize_t one = 1;
      double time = 0;
      const hid_t memory = H5Screate_simple(1, &one, nullptr);
      H5Sselect_hyperslab(space, H5S_SELECT_SET, &begin, nullptr, &one, nullptr);
      H5Dread(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, &time);
      H5Sclose(memory);
    }
    H5Sclose(space);
    H5Dclose(dataset);
  }
  H5Fclose(file);
}

}  // namespace

int main(int argc, char** argv) {
  const bool pauses = argc == 4 && std::strcmp(argv[1], "--pause") == 0;
  if (argc != 2 && !pauses) return 64;
  const int pause = pauses ? std::atoi(argv[2]) : 0;
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  while (true) {
    read_last_time(argv[argc - 1]);
    if (pause > 0) std::this_thread::sleep_for(std::chrono::milliseconds(pause));
  }
}
