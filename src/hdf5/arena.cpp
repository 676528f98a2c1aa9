#include "hdf5/arena.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace tessera::hdf5 {

std::optional<std::uint64_t> Arena::take(std::uint64_t size) {
  if (size == 0) return {};
  const auto fits = [size](const Extent& extent) { return extent.end - extent.begin >= size; };
  const auto found = std::ranges::find_if(free_, fits);
  if (found == free_.end()) return {};
  const std::uint64_t begin = found->begin;
  const std::uint64_t end = std::min(aligned(begin + size), found->end);
  add(begin, end);
  found->begin = end;
  if (found->begin == found->end) free_.erase(found);
  return begin;
}

void Arena::add(std::uint64_t begin, std::uint64_t end) {
  end = aligned(end);
  if (!used_.empty() && used_.back().end == begin) {
    used_.back().end = end;
  } else {
    used_.push_back({begin, end});
  }
}

void Arena::lengthen(std::uint64_t from, std::uint64_t to) {
  if (!used_.empty() && used_.back().end == aligned(from)) used_.back().end = aligned(to);
}

void Arena::recycle() {
  std::vector<Extent> all = std::exchange(used_, {});
  all.insert(all.end(), free_.begin(), free_.end());
  std::ranges::sort(all, {}, &Extent::begin);
  free_.clear();
  for (const Extent& extent : all) {
    if (!free_.empty() && free_.back().end == extent.begin) {
      free_.back().end = extent.end;
    } else {
      free_.push_back(extent);
    }
  }
}

std::uint64_t Arena::free_bytes() const noexcept {
  return std::accumulate(free_.begin(), free_.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const Extent& extent) { return sum + extent.end - extent.begin; });
}

}  // namespace tessera::hdf5
