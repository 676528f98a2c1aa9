/// \file
/// Writes a real finite-element field: `write_femm INPUT OUTPUT`.
///
/// Every rank reads its blocks of the field B of tests/data/femm_mirror_3d.h5 with plain HDF5 calls: uneven ones, two
/// per rank where it has more than one row, so that chunks are shared. Written are `B` (three components, per step,
/// twice) and `Bx` (static, from memory with a halo).

#include <hdf5.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <tessera/writer.hpp>

namespace {

constexpr std::int64_t n = 47;

struct Input {
  explicit Input(const char* path) : file(H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT)) {
    if (file < 0) throw std::runtime_error(std::string("cannot open ") + path);
  }
  ~Input() { H5Fclose(file); }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  /// A box of one component, in C order.
  std::vector<double> read(const std::string& component, const tessera::Box& box) const {
    const hid_t dataset = H5Dopen2(file, ("/data/1/meshes/B/" + component).c_str(), H5P_DEFAULT);
    const hid_t from = H5Dget_space(dataset);
    hsize_t start[3];
    hsize_t count[3];
    for (std::size_t axis = 0; axis < 3; ++axis) {
      start[axis] = static_cast<hsize_t>(box.lower[axis]);
      count[axis] = static_cast<hsize_t>(box.extents()[axis]);
    }
    H5Sselect_hyperslab(from, H5S_SELECT_SET, start, nullptr, count, nullptr);
    const hid_t into = H5Screate_simple(3, count, nullptr);
    std::vector<double> values(static_cast<std::size_t>(box.volume()));
    const herr_t result = H5Dread(dataset, H5T_NATIVE_DOUBLE, into, from, H5P_DEFAULT, values.data());
    H5Sclose(into);
    H5Sclose(from);
    H5Dclose(dataset);
    if (result < 0) throw std::runtime_error("cannot read " + component);
    return values;
  }

  hid_t file;
};

/// Rows [first, last) of axis 0: rank r has about (r + 1) times what rank 0 has.
std::pair<std::int64_t, std::int64_t> rows_of(int rank, int size) {
  const auto bound = [size](std::int64_t r) {
    return n * r * (r + 1) / (static_cast<std::int64_t>(size) * (size + 1));
  };
  return {bound(rank), bound(rank + 1)};
}

std::vector<tessera::Box> boxes_of(int rank, int size) {
  const auto [first, last] = rows_of(rank, size);
  const std::int64_t cut = 13 + rank;
  return {{{first, 0, 0}, {last, cut, n}}, {{first, cut, 0}, {last, n, n}}};
}

std::vector<double> three_components(const Input& input, const tessera::Box& box) {
  std::vector<double> values(static_cast<std::size_t>(box.volume()) * 3);
  std::size_t component = 0;
  for (const char* name : {"x", "y", "z"}) {
    const auto part = input.read(name, box);
    for (std::size_t i = 0; i < part.size(); ++i) values[3 * i + component] = part[i];
    ++component;
  }
  return values;
}

/// The box with one layer around it where the field has one, so that the halo differs from side to side.
tessera::Box with_neighbours(const tessera::Box& box, tessera::Halo& halo) {
  tessera::Box wide = box;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    halo.low.push_back(box.lower[axis] > 0 ? 1 : 0);
    halo.high.push_back(box.upper[axis] < n ? 1 : 0);
    wide.lower[axis] -= halo.low[axis];
    wide.upper[axis] += halo.high[axis];
  }
  return wide;
}

void run(const char* input_path, const char* output_path, int rank, int size) {
  const Input input(input_path);
  tessera::Writer out(MPI_COMM_WORLD, output_path, {.overwrite = true});
  auto simulation = out.run("mirror", {{"program", "FEMM"}});
  const tessera::Grid grid{{n, n, n}};
  auto field = simulation.field<double>("B", grid, {.unit = "T", .components = 3, .chunk = {16, 16, 16}});
  auto one = simulation.field<double>("Bx", grid, {.unit = "T", .time_dependent = false});
  std::vector<std::vector<double>> memory;
  memory.reserve(16);
  for (int number = 0; number < 2; ++number) {
    auto step = simulation.step(number);
    for (const tessera::Box& box : boxes_of(rank, size)) {
      if (box.empty()) continue;
      memory.push_back(three_components(input, box));
      step.put(field, box, memory.back().data());
      if (number > 0) continue;
      tessera::Halo halo;
      const tessera::Box wide = with_neighbours(box, halo);
      memory.push_back(input.read("x", wide));
      step.put(one, box, tessera::with_halo(tessera::array(memory.back().data(), wide.extents()), halo));
    }
    step.commit();
  }
  out.close();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 64;
  MPI_Init(&argc, &argv);
  int rank = 0;
  int size = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  int result = 0;
  try {
    run(argv[1], argv[2], rank, size);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "rank %d: %s\n", rank, error.what());
    result = 1;
  }
  MPI_Finalize();
  return result;
}
