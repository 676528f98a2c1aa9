#include "hdf5/chunk_grid.hpp"

#include <limits>

#include <tessera/error.hpp>

#include "hdf5/check.hpp"
#include "hdf5/dimension_scales.hpp"
#include "hdf5/element_type.hpp"
#include "hdf5/handle.hpp"
#include "hdf5/read_attribute.hpp"
#include "schema/table.hpp"

namespace tessera::hdf5 {

bool is_column_of_table(hid_t dataset, const std::string& about) {
  if (!has_attribute(dataset, about, schema::rows_of)) return false;
  const std::string table = read_text(dataset, about, schema::rows_of);
  return has_attribute(dataset, about, dimension_list) &&
         scale_path(dataset, 0, about).ends_with("/" + schema::rows_name(table));
}

namespace {

/// Attributes and the dimension scale tell (schema/statistics.cpp): a field may have several steps in a chunk, too.
bool has_statistics(hid_t dataset, const std::string& about) {
  return has_attribute(dataset, about, "statistics") && has_attribute(dataset, about, dimension_list) &&
         scale_path(dataset, 1, about).ends_with("_columns");
}

}  // namespace

ChunkGrid ChunkGrid::of(hid_t dataset, const std::string& about) {
  ChunkGrid grid;
  const Handle list(check_id(H5Dget_create_plist(dataset), "H5Dget_create_plist", about), H5Pclose);
  const Handle space(check_id(H5Dget_space(dataset), "H5Dget_space", about), H5Sclose);
  const Handle type(check_id(H5Dget_type(dataset), "H5Dget_type", about), H5Tclose);
  grid.element_bytes = size_in_file(type.get(), about);
  const int rank = H5Sget_simple_extent_ndims(space.get());
  check(rank, "H5Sget_simple_extent_ndims", about);
  grid.extents.resize(static_cast<std::size_t>(rank));
  grid.most.resize(grid.extents.size());
  check(H5Sget_simple_extent_dims(space.get(), grid.extents.data(), grid.most.data()), "H5Sget_simple_extent_dims",
        about);
  const H5D_layout_t layout = H5Pget_layout(list.get());
  check(layout < 0 ? -1 : 0, "H5Pget_layout", about);
  if (rank == 0 || layout != H5D_CHUNKED) return grid;
  grid.chunk.resize(grid.extents.size());
  check(H5Pget_chunk(list.get(), rank, grid.chunk.data()), "H5Pget_chunk", about);
  grid.is_column = grid.has_time() && is_column_of_table(dataset, about);
  grid.is_statistics = grid.has_time() && rank == 2 && grid.chunk[0] > 1 && has_statistics(dataset, about);
  return grid;
}

std::vector<std::uint64_t> ChunkGrid::counts() const {
  std::vector<std::uint64_t> counts;
  for (std::size_t axis = 0; axis < chunk.size(); ++axis) {
    counts.push_back(extents[axis] / chunk[axis] + (extents[axis] % chunk[axis] != 0 ? 1 : 0));
  }
  return counts;
}

std::uint64_t ChunkGrid::count() const {
  std::uint64_t result = chunk.empty() ? 0 : 1;
  for (const std::uint64_t count : counts()) {
    if (count != 0 && result > std::numeric_limits<std::uint64_t>::max() / count) {
      throw Error(ErrorCode::hdf5, "it has more chunks than can be counted");
    }
    result *= count;
  }
  return result;
}

std::uint64_t ChunkGrid::chunk_bytes() const {
  std::uint64_t bytes = element_bytes;
  for (const hsize_t extent : chunk) bytes *= extent;
  return bytes;
}

}  // namespace tessera::hdf5
