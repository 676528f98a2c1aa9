#include "hdf5/chunk_list.hpp"

#include <utility>

#include "hdf5/check.hpp"
#include "hdf5/find_chunk.hpp"
#include "hdf5/replay.hpp"

namespace tessera::hdf5 {

DatasetShape::DatasetShape(hid_t space, hid_t list, const std::string& about) {
  const int rank = H5Sget_simple_extent_ndims(space);
  check(rank, "H5Sget_simple_extent_ndims", about);
  now.resize(static_cast<std::size_t>(rank));
  most.resize(now.size());
  check(H5Sget_simple_extent_dims(space, now.data(), most.data()), "H5Sget_simple_extent_dims", about);
  const H5D_layout_t layout = H5Pget_layout(list);
  check(layout < 0 ? -1 : 0, "H5Pget_layout", about);
  if (layout != H5D_CHUNKED) return;
  chunk.resize(now.size());
  check(H5Pget_chunk(list, rank, chunk.data()), "H5Pget_chunk", about);
}

ChunkList::ChunkList(std::string path, const DatasetShape& shape) {
  grid_.dataset = std::move(path);
  const bool has_time = shape.has_time();
  if (has_time) grid_.step = 0;
  for (std::size_t axis = has_time ? 1 : 0; axis < shape.now.size(); ++axis) {
    const hsize_t count = (shape.now[axis] + shape.chunk[axis] - 1) / shape.chunk[axis];
    grid_.chunk.push_back(static_cast<std::int64_t>(shape.chunk[axis]));
    grid_.counts.push_back(static_cast<std::int64_t>(count));
    per_step_ *= count;
  }
  end_ = per_step_ * static_cast<std::uint64_t>(shape.steps());
}

std::array<hsize_t, H5S_MAX_RANK> ChunkList::offset(std::uint64_t number) const {
  return offset_of(grid_, static_cast<std::int64_t>(number / per_step_), number % per_step_);
}

std::optional<PlacedChunk> ChunkList::find(Member& source, hid_t dataset, std::uint64_t number) const {
  return end_ == 1 ? find_only_chunk(dataset, path()) : find_chunk(source.driver, dataset, offset(number), path());
}

}  // namespace tessera::hdf5
