#include "tools/repack/slabs.hpp"

#include <algorithm>

namespace tessera::tools {

namespace {

/// The most bytes of a slab, unless a single chunk has more.
constexpr std::uint64_t max_slab_bytes = std::uint64_t{256} << 20;

std::uint64_t round_up_to(std::uint64_t value, std::uint64_t unit) { return (value + unit - 1) / unit * unit; }

/// A multiple of `extent` that is at most `wanted`, rounded up, and not too much for the memory.
std::uint64_t grown(std::uint64_t extent, std::uint64_t wanted, std::uint64_t bytes, std::uint64_t most) {
  const std::uint64_t fit = std::max<std::uint64_t>(1, most / std::max<std::uint64_t>(bytes, 1));
  return std::max(extent, std::min(round_up_to(wanted, extent), fit * extent));
}

}  // namespace

Slabs::Slabs(const ChunkTask& task, std::uint64_t few_bytes) {
  if (task.keeps_chunks != 0) {
    cut_stored(task, few_bytes);
  } else {
    cut_shape(task, few_bytes);
  }
}

void Slabs::cut_stored(const ChunkTask& task, std::uint64_t few_bytes) {
  std::uint64_t bytes = 0;
  for (std::size_t number = 0; number < task.chunks.size(); ++number) {
    bytes += task.chunks[number].size;
    if (bytes < few_bytes && number + 1 < task.chunks.size()) continue;
    ends_.push_back(number + 1);
    bytes = 0;
  }
  count_ = ends_.size();
}

void Slabs::cut_shape(const ChunkTask& task, std::uint64_t few_bytes) {
  shape_ = task.shape;
  extent_ = task.chunk;
  std::uint64_t bytes = task.element_bytes;
  for (const std::uint64_t extent : extent_) bytes *= extent;
  const auto grow_to = [&](const std::vector<std::uint64_t>& wanted, std::uint64_t most) {
    for (std::size_t axis = extent_.size(); axis-- > 0;) {
      const std::uint64_t before = extent_[axis];
      extent_[axis] = grown(before, std::min(wanted[axis], std::max<std::uint64_t>(shape_[axis], 1)), bytes, most);
      bytes = bytes / before * extent_[axis];
    }
  };
  grow_to(task.from_chunk, max_slab_bytes);
  grow_to(shape_, few_bytes);
  counts_ = chunk_counts(shape_, extent_);
  count_ = task.chunks.empty() ? 0 : 1;
  for (const std::uint64_t count : counts_) count_ *= count;
}

Slab Slabs::slab(std::uint64_t number) const {
  Slab slab{std::vector<std::uint64_t>(shape_.size()), std::vector<std::uint64_t>(shape_.size())};
  for (std::size_t axis = shape_.size(); axis-- > 0; number /= counts_[axis]) {
    slab.lower[axis] = number % counts_[axis] * extent_[axis];
    slab.upper[axis] = std::min(slab.lower[axis] + extent_[axis], shape_[axis]);
  }
  return slab;
}

std::pair<std::size_t, std::size_t> Slabs::stored(std::uint64_t number) const {
  return {number == 0 ? 0 : ends_[number - 1], ends_[number]};
}

}  // namespace tessera::tools
