#include <hdf5.h>

#include <cstring>

#include "writers.hpp"

namespace bench {

namespace {

/// A dataset of a file, read step by step; an identifier below 0 where something is missing.
struct Content {
  explicit Content(const std::string& path)
      : file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT)), dataset(H5Dopen2(file, dataset_path, H5P_DEFAULT)),
        space(H5Dget_space(dataset)) {
    H5Sget_simple_extent_dims(space, shape.data(), nullptr);
    const hid_t creation = H5Dget_create_plist(dataset);
    H5Pget_chunk(creation, 4, chunk.data());
    H5Pclose(creation);
  }
  ~Content() {
    H5Sclose(space);
    H5Dclose(dataset);
    H5Fclose(file);
  }
  Content(const Content&) = delete;
  Content& operator=(const Content&) = delete;

  bool read(hsize_t step, std::vector<double>& values) const {
    const std::array<hsize_t, 4> start{step, 0, 0, 0};
    const std::array<hsize_t, 4> count{1, shape[1], shape[2], shape[3]};
    const hsize_t points = shape[1] * shape[2] * shape[3];
    values.resize(points);
    const hid_t memory = H5Screate_simple(1, &points, nullptr);
    const bool fine = H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr) >= 0 &&
                      H5Dread(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, values.data()) >= 0;
    H5Sclose(memory);
    return fine;
  }

  hid_t file;
  hid_t dataset;
  hid_t space;
  std::array<hsize_t, 4> shape{};
  std::array<hsize_t, 4> chunk{};
};

}  // namespace

bool same_content(const std::string& one, const std::string& other, int part, int parts) {
  const Content a(one);
  const Content b(other);
  if (a.space < 0 || b.space < 0 || a.shape != b.shape || a.chunk != b.chunk) return false;
  std::vector<double> of_a;
  std::vector<double> of_b;
  for (auto step = static_cast<hsize_t>(part); step < a.shape[0]; step += static_cast<hsize_t>(parts)) {
    if (!a.read(step, of_a) || !b.read(step, of_b)) return false;
    if (std::memcmp(of_a.data(), of_b.data(), of_a.size() * sizeof(double)) != 0) return false;
  }
  return a.shape[0] > 0;
}

}  // namespace bench
