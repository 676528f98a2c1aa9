#include "hdf5/free_extents.hpp"

#include "base/round_up.hpp"

namespace tessera::hdf5 {

namespace {

constexpr std::uint64_t alignment_of_data = 8;

}  // namespace

std::vector<Extent> joined(std::vector<Extent> extents, std::uint64_t alignment) {
  std::ranges::sort(extents, {}, &Extent::begin);
  std::vector<Extent> result;
  for (const Extent& extent : extents) {
    if (extent.size() == 0) continue;
    if (!result.empty() && round_up(result.back().end, alignment) >= extent.begin) {
      result.back().end = std::max(result.back().end, extent.end);
    } else {
      result.push_back(extent);
    }
  }
  return result;
}

void FreeExtents::add(const std::vector<Extent>& extents, Clock::time_point when, std::uint64_t alignment) {
  // One that joins others can be used when all of it can.
  std::vector<Extent> together = all();
  together.insert(together.end(), extents.begin(), extents.end());
  std::vector<Free> next;
  for (const Extent& extent : joined(std::move(together), alignment)) {
    const auto is_same = [&](const Free& one) { return one.extent == extent; };
    const auto known = std::ranges::find_if(free_, is_same);
    next.push_back({extent, known != free_.end() ? known->since : when});
  }
  free_ = std::move(next);
}

std::optional<Extent> FreeExtents::largest(Clock::time_point now, Clock::duration grace) const {
  std::optional<Extent> best;
  for (const auto& [extent, since] : free_) {
    if (since + grace > now) continue;
    const Extent usable{round_up(extent.begin, alignment_of_data), extent.end};
    if (usable.begin >= usable.end) continue;
    if (!best || usable.size() > best->size()) best = usable;
  }
  return best;
}

void FreeExtents::remove(const Extent& used) {
  std::vector<Free> next;
  for (const auto& [extent, since] : free_) {
    const Extent before{extent.begin, std::min(extent.end, std::max(extent.begin, used.begin))};
    const Extent after{std::max(extent.begin, std::min(extent.end, used.end)), extent.end};
    if (used.end <= extent.begin || extent.end <= used.begin) {
      next.push_back({extent, since});
      continue;
    }
    if (before.size() > 0) next.push_back({before, since});
    if (after.size() > 0) next.push_back({after, since});
  }
  free_ = std::move(next);
}

void FreeExtents::nobody_reads() noexcept {
  for (Free& one : free_) one.since = Clock::time_point::min();
}

std::vector<Extent> FreeExtents::all() const {
  std::vector<Extent> extents;
  for (const Free& one : free_) extents.push_back(one.extent);
  return extents;
}

std::uint64_t FreeExtents::bytes() const noexcept {
  std::uint64_t total = 0;
  for (const Free& one : free_) total += one.extent.size();
  return total;
}

}  // namespace tessera::hdf5
