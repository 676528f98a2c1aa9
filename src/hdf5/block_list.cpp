#include "hdf5/block_list.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/round_up.hpp"

namespace tessera::hdf5 {

namespace {

constexpr std::uint64_t alignment = 8;

std::uint64_t aligned(std::uint64_t at) noexcept { return round_up(at, alignment); }

}  // namespace

void BlockList::add(std::uint64_t begin, std::uint64_t end) {
  end = aligned(end);
  if (!extents_.empty() && extents_.back().end == begin) {
    extents_.back().end = end;
  } else {
    extents_.push_back({begin, end});
  }
}

void BlockList::lengthen(std::uint64_t from, std::uint64_t to) {
  if (!extents_.empty() && extents_.back().end == aligned(from)) extents_.back().end = aligned(to);
}

void BlockList::forget_behind(std::uint64_t end) {
  for (Extent& extent : extents_) extent.end = std::min(extent.end, end);
  std::erase_if(extents_, [](const Extent& extent) { return extent.begin >= extent.end; });
}

void BlockPool::add(const std::vector<Extent>& extents) {
  std::vector<Extent> all = std::exchange(free_, {});
  for (const Extent& extent : extents) {
    const Extent whole{aligned(extent.begin), extent.end / alignment * alignment};
    if (whole.begin < whole.end) all.push_back(whole);
  }
  free_ = joined(std::move(all), alignment);
}

std::optional<std::uint64_t> BlockPool::take(std::uint64_t size) noexcept {
  if (size == 0) return {};
  const auto found = std::ranges::find_if(free_, [size](const Extent& extent) { return extent.size() >= size; });
  if (found == free_.end()) return {};
  const std::uint64_t begin = found->begin;
  found->begin = std::min(aligned(begin + size), found->end);
  if (found->size() == 0) free_.erase(found);
  return begin;
}

void BlockPool::forget_behind(std::uint64_t end) noexcept {
  for (Extent& extent : free_) extent.end = std::min(extent.end, end);
  std::erase_if(free_, [](const Extent& extent) { return extent.begin >= extent.end; });
}

std::uint64_t BlockPool::largest() const noexcept {
  const auto found = std::ranges::max_element(free_, {}, &Extent::size);
  return found == free_.end() ? 0 : found->size();
}

std::uint64_t BlockPool::bytes() const noexcept {
  return std::accumulate(free_.begin(), free_.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const Extent& extent) { return sum + extent.size(); });
}

}  // namespace tessera::hdf5
