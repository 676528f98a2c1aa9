#include "hdf5/chunk_list.hpp"

#include <utility>
#include <vector>

#include "hdf5/find_chunk.hpp"
#include "hdf5/replay.hpp"

namespace tessera::hdf5 {

ChunkList::ChunkList(std::string path, const ChunkGrid& shape) {
  grid_.dataset = std::move(path);
  const bool has_time = shape.has_time();
  if (has_time) grid_.step = 0;
  const std::vector<std::uint64_t> counts = shape.counts();
  for (std::size_t axis = has_time ? 1 : 0; axis < counts.size(); ++axis) {
    grid_.chunk.push_back(static_cast<std::int64_t>(shape.chunk[axis]));
    grid_.counts.push_back(static_cast<std::int64_t>(counts[axis]));
    per_step_ *= counts[axis];
  }
  if (has_time) steps_ = static_cast<std::int64_t>(shape.chunk[0]);
  end_ = per_step_ * (has_time ? counts[0] : 1);
}

std::array<hsize_t, H5S_MAX_RANK> ChunkList::offset(std::uint64_t number) const {
  return offset_of(grid_, static_cast<std::int64_t>(number / per_step_) * steps_, number % per_step_);
}

std::optional<PlacedChunk> ChunkList::find(Member& source, hid_t dataset, std::uint64_t number) const {
  return end_ == 1 ? find_only_chunk(dataset, path()) : find_chunk(source.driver, dataset, offset(number), path());
}

}  // namespace tessera::hdf5
