#include "pipeline/rank_extents.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/round_up.hpp"

namespace tessera::pipeline {

void RankExtents::add(const hdf5::Extent& extent) {
  if (extent.size() == 0) return;
  const std::lock_guard lock(mutex_);
  std::erase_if(extents_, [](const hdf5::Extent& one) { return one.size() == 0; });
  if (!extents_.empty() && extents_.back().end == extent.begin) {
    extents_.back().end = extent.end;
  } else {
    extents_.push_back(extent);
  }
}

std::optional<std::uint64_t> RankExtents::take(std::uint64_t size) noexcept {
  constexpr std::uint64_t alignment = 8;
  const std::uint64_t wanted = round_up(size, alignment);
  const std::lock_guard lock(mutex_);
  for (hdf5::Extent& extent : extents_) {
    if (extent.size() >= wanted) return std::exchange(extent.begin, extent.begin + wanted);
  }
  return std::nullopt;
}

std::uint64_t RankExtents::largest_size() const noexcept {
  const std::lock_guard lock(mutex_);
  std::uint64_t largest = 0;
  for (const hdf5::Extent& extent : extents_) largest = std::max(largest, extent.size());
  return largest;
}

void RankExtents::largest(std::span<hdf5::Extent> parts) noexcept {
  const std::lock_guard lock(mutex_);
  std::ranges::sort(extents_, std::greater(), &hdf5::Extent::size);
  std::ranges::fill(parts, hdf5::Extent{});
  std::copy_n(extents_.begin(), std::min(parts.size(), extents_.size()), parts.begin());
}

void RankExtents::clear() noexcept {
  const std::lock_guard lock(mutex_);
  extents_.clear();
}

}  // namespace tessera::pipeline
