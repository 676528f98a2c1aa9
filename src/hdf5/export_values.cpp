#include "hdf5/export_values.hpp"

#include <algorithm>

#include "hdf5/check.hpp"
#include "hdf5/element_type.hpp"
#include "hdf5/handle.hpp"
#include "hdf5/heap_references.hpp"

namespace tessera::hdf5 {

void copy_stored_chunks(const Survey& survey, const SurveyedDataset& source, hid_t target, std::uint64_t begin) {
  const std::vector<std::uint64_t> counts = source.grid.counts();
  const ChunkGrid grid = ChunkGrid::of(target, source.path);
  std::vector<std::byte> bytes;
  for (const PlacedChunk& chunk : source.index.chunks) {
    std::vector<hsize_t> offset(counts.size());
    std::uint64_t rest = chunk.index;
    for (std::size_t axis = counts.size(); axis-- > 0; rest /= counts[axis]) {
      offset[axis] = rest % counts[axis] * source.grid.chunk[axis];
    }
    if (offset[0] < begin || offset[0] - begin >= grid.extents[0]) continue;
    offset[0] -= begin;
    bytes.resize(chunk.size);
    survey.file().read(chunk.address, bytes);
    check(H5Dwrite_chunk(target, H5P_DEFAULT, chunk.mask, offset.data(), bytes.size(), bytes.data()), "H5Dwrite_chunk",
          source.path);
  }
}

namespace {

/// A part of a dataset.
struct Slab {
  std::vector<hsize_t> start;
  std::vector<hsize_t> count;
};

/// \return its bytes
std::uint64_t copy_slab(hid_t source, hid_t target, const Slab& slab, std::uint64_t begin, hid_t type,
                        const std::string& about) {
  const int rank = static_cast<int>(slab.count.size());
  const Handle memory(check_id(H5Screate_simple(rank, slab.count.data(), nullptr), "H5Screate_simple", about),
                      H5Sclose);
  const Handle from(check_id(H5Dget_space(source), "H5Dget_space", about), H5Sclose);
  const Handle to(check_id(H5Dget_space(target), "H5Dget_space", about), H5Sclose);
  std::vector<hsize_t> start = slab.start;
  check(H5Sselect_hyperslab(to.get(), H5S_SELECT_SET, start.data(), nullptr, slab.count.data(), nullptr),
        "H5Sselect_hyperslab", about);
  start[0] += begin;
  check(H5Sselect_hyperslab(from.get(), H5S_SELECT_SET, start.data(), nullptr, slab.count.data(), nullptr),
        "H5Sselect_hyperslab", about);
  std::uint64_t elements = 1;
  for (const hsize_t extent : slab.count) elements *= extent;
  std::vector<std::byte> values(elements * H5Tget_size(type));
  read_elements(source, type, memory.get(), from.get(), values.data(), about);
  check(H5Dwrite(target, type, memory.get(), to.get(), H5P_DEFAULT, values.data()), "H5Dwrite", about);
  give_back_elements(type, memory.get(), values.data(), about);
  return values.size();
}

/// A number without axes has no slabs.
void copy_number(hid_t source, hid_t target, hid_t type, const std::string& about) {
  std::vector<std::byte> value(H5Tget_size(type));
  const Handle space(check_id(H5Dget_space(source), "H5Dget_space", about), H5Sclose);
  read_elements(source, type, H5S_ALL, H5S_ALL, value.data(), about);
  check(H5Dwrite(target, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, value.data()), "H5Dwrite", about);
  give_back_elements(type, space.get(), value.data(), about);
}

}  // namespace

void copy_values(hid_t source, hid_t target, std::uint64_t begin, const std::string& about,
                 FunctionRef<void(std::uint64_t)> after_part) {
  constexpr std::uint64_t max_bytes = std::uint64_t{32} << 20;
  const Handle type(check_id(H5Dget_type(target), "H5Dget_type", about), H5Tclose);
  const ChunkGrid grid = ChunkGrid::of(target, about);
  if (grid.extents.empty()) return copy_number(source, target, type.get(), about);
  // Whole chunks, as many as fit; from the fastest axis on.
  std::vector<hsize_t> part = grid.extents;
  std::uint64_t bytes = grid.element_bytes;
  for (std::size_t axis = part.size(); axis-- > 0;) {
    const hsize_t unit = grid.chunk.empty() ? 1 : grid.chunk[axis];
    const std::uint64_t fit = std::max<std::uint64_t>(1, max_bytes / std::max<std::uint64_t>(bytes * unit, 1));
    part[axis] = std::min<std::uint64_t>(grid.extents[axis], fit * unit);
    if (part[axis] == 0) return;
    bytes *= part[axis];
  }
  Slab slab{std::vector<hsize_t>(part.size(), 0), part};
  while (true) {
    for (std::size_t axis = 0; axis < part.size(); ++axis) {
      slab.count[axis] = std::min(part[axis], grid.extents[axis] - slab.start[axis]);
    }
    after_part(copy_slab(source, target, slab, begin, type.get(), about));
    std::size_t axis = part.size();
    while (axis > 0) {
      --axis;
      slab.start[axis] += part[axis];
      if (slab.start[axis] < grid.extents[axis]) break;
      slab.start[axis] = 0;
      if (axis == 0) return;
    }
  }
}

void copy_shifted(hid_t source, hid_t target, std::uint64_t begin, std::int64_t shift, const std::string& about) {
  const ChunkGrid grid = ChunkGrid::of(target, about);
  const hsize_t start = begin;
  const hsize_t count = grid.extents.at(0);
  if (grid.extents.size() != 1 || count == 0) return;
  std::vector<std::int64_t> values(count);
  const Handle memory(check_id(H5Screate_simple(1, &count, nullptr), "H5Screate_simple", about), H5Sclose);
  const Handle from(check_id(H5Dget_space(source), "H5Dget_space", about), H5Sclose);
  check(H5Sselect_hyperslab(from.get(), H5S_SELECT_SET, &start, nullptr, &count, nullptr), "H5Sselect_hyperslab",
        about);
  check(H5Dread(source, H5T_NATIVE_INT64, memory.get(), from.get(), H5P_DEFAULT, values.data()), "H5Dread", about);
  for (std::int64_t& value : values) value = std::max<std::int64_t>(0, value - shift);
  check(H5Dwrite(target, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), "H5Dwrite", about);
}

}  // namespace tessera::hdf5
