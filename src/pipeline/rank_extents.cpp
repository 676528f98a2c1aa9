#include "pipeline/rank_extents.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/round_up.hpp"

namespace tessera::pipeline {

namespace {

constexpr std::uint64_t alignment = 8;

}  // namespace

void RankExtents::add(const hdf5::Extent& extent) {
  if (extent.size() == 0) return;
  const std::lock_guard lock(mutex_);
  std::erase_if(extents_, [](const hdf5::Extent& one) { return one.size() == 0; });
  if (!extents_.empty() && extents_.back().end == extent.begin) {
    extents_.back().end = extent.end;
    return;
  }
  if (extents_.size() >= max_parts) {
    const auto smallest = std::ranges::min_element(extents_, {}, &hdf5::Extent::size);
    forgotten_ += smallest->size();
    extents_.erase(smallest);
  }
  kept_.reserve(extents_.size() + 1);
  extents_.push_back(extent);
}

std::optional<std::uint64_t> RankExtents::take(std::uint64_t size) noexcept {
  const std::uint64_t wanted = round_up(size, alignment);
  const std::lock_guard lock(mutex_);
  for (hdf5::Extent& extent : extents_) {
    if (extent.size() >= wanted) return std::exchange(extent.begin, extent.begin + wanted);
  }
  return std::nullopt;
}

std::optional<RankExtents::Run> RankExtents::take_run(std::span<const std::uint64_t> sizes) noexcept {
  const std::lock_guard lock(mutex_);
  for (hdf5::Extent& extent : extents_) {
    std::uint64_t bytes = 0;
    std::size_t count = 0;
    while (count < sizes.size() && bytes + sizes[count] <= extent.size()) bytes += sizes[count++];
    if (count == 0) continue;
    const std::uint64_t taken = std::min(round_up(bytes, alignment), extent.size());
    return Run{std::exchange(extent.begin, extent.begin + taken), count};
  }
  return std::nullopt;
}

std::uint64_t RankExtents::bytes() const noexcept {
  const std::lock_guard lock(mutex_);
  std::uint64_t total = 0;
  for (const hdf5::Extent& extent : extents_) total += extent.size();
  return total;
}

/// Of a part less than a piece is left when the next one does not fit.
RankExtents::Room RankExtents::room(std::uint64_t piece) const noexcept {
  const std::lock_guard lock(mutex_);
  Room room;
  for (const hdf5::Extent& extent : extents_) {
    if (extent.size() < piece) continue;
    room.bytes += extent.size() - piece;
    room.pieces += extent.size() / std::max<std::uint64_t>(piece, 1);
  }
  return room;
}

std::uint64_t RankExtents::largest(std::span<hdf5::Extent> parts) noexcept {
  const std::lock_guard lock(mutex_);
  std::ranges::sort(extents_, std::greater(), &hdf5::Extent::size);
  std::ranges::fill(parts, hdf5::Extent{});
  std::copy_n(extents_.begin(), std::min(parts.size(), extents_.size()), parts.begin());
  std::uint64_t others = forgotten_;
  for (std::size_t i = parts.size(); i < extents_.size(); ++i) others += extents_[i].size();
  return others;
}

void RankExtents::clear() noexcept {
  const std::lock_guard lock(mutex_);
  extents_.clear();
  kept_.clear();
}

void RankExtents::keep() noexcept {
  const std::lock_guard lock(mutex_);
  kept_.clear();
  for (const hdf5::Extent& one : extents_) {
    if (one.size() > 0 && kept_.size() < kept_.capacity()) kept_.push_back(one);
  }
}

void RankExtents::restore() noexcept {
  const std::lock_guard lock(mutex_);
  extents_.clear();
  for (const hdf5::Extent& one : kept_) {
    if (extents_.size() < extents_.capacity()) extents_.push_back(one);
  }
}

}  // namespace tessera::pipeline
