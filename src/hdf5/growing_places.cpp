#include "hdf5/growing_places.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/round_up.hpp"

namespace tessera::hdf5 {

namespace {

constexpr std::uint64_t alignment = 8;

/// So that a chunk which grows gets few new places until it is complete.
std::uint64_t capacity_for(const GrowingChunk& chunk) noexcept {
  constexpr std::uint64_t least = 512;
  const std::uint64_t size = chunk.bytes.size();
  return std::clamp(std::bit_ceil(size), std::min(least, std::max(size, chunk.most)), std::max(size, chunk.most));
}

}  // namespace

std::uint64_t GrowingPlaces::take(const std::string& field, std::int64_t first_step, const GrowingChunk& chunk,
                                  const std::vector<Applied>& others, Space& space) {
  const std::uint64_t size = chunk.bytes.size();
  Places& places = fields_[field];
  Taken taken{field, first_step, {}, size, chunk.is_complete};
  taken_.reserve(taken_.size() + 1);
  places.all.reserve(places.all.size() + 1);  // committed() takes no memory
  if (chunk.is_complete) {
    const std::uint64_t begin = space.allocate(size);
    taken.extent = {begin, begin + size};
  } else {
    taken.extent = place_for(places, chunk, others, space);
  }
  const std::uint64_t address = taken.extent.begin;
  taken_.push_back(std::move(taken));
  return address;
}

Extent GrowingPlaces::place_for(Places& places, const GrowingChunk& chunk, const std::vector<Applied>& others,
                                Space& space) {
  const std::uint64_t size = chunk.bytes.size();
  const std::uint64_t capacity = capacity_for(chunk);
  const auto is_free = [&](const Place& place) {
    return std::ranges::none_of(others, [&](Applied applied) { return place.is_of(applied); }) && place.until != never;
  };
  for (std::size_t i = places.all.size(); i-- > 0;) {
    if (!is_free(places.all[i])) continue;
    if (places.all[i].extent.size() >= size) return places.all[i].extent;
    spare_.push_back(places.all[i].extent);
    places.all.erase(places.all.begin() + static_cast<std::ptrdiff_t>(i));
  }
  const auto fits = [&](const Extent& one) { return one.size() >= size && one.size() <= 4 * capacity; };
  const auto spare = std::ranges::find_if(spare_, fits);
  if (spare != spare_.end()) {
    const Extent extent = *spare;
    spare_.erase(spare);
    return extent;
  }
  const std::uint64_t begin = space.allocate(capacity);
  return {begin, begin + capacity};
}

void GrowingPlaces::committed(std::size_t number) {
  for (const Taken& taken : std::exchange(taken_, {})) {
    Places& places = fields_.at(taken.field);
    const bool goes_on = std::exchange(places.first_step, taken.first_step) == taken.first_step;
    // A chunk that another one follows before it is complete stays where it is.
    if (!goes_on) std::erase_if(places.all, [](const Place& place) { return place.until == never; });
    for (Place& place : places.all) place.until = std::min(place.until, number);
    if (taken.is_complete) {
      places.first_step = -1;
      continue;
    }
    const auto known = std::ranges::find(places.all, taken.extent, &Place::extent);
    Place& place = known != places.all.end() ? *known : places.all.emplace_back();
    place = {taken.extent, taken.size, number, never};
  }
}

void GrowingPlaces::failed(bool in_doubt, std::uint64_t end) noexcept {
  for (const Taken& taken : std::exchange(taken_, {})) {
    auto& all = fields_.at(taken.field).all;
    const bool is_lost = in_doubt || taken.extent.end > end;
    if (is_lost) std::erase_if(all, [&](const Place& place) { return place.extent == taken.extent; });
    // One that was nobody's is left unused.
  }
}

void GrowingPlaces::leave(Applied applied) noexcept {
  for (auto& [field, places] : fields_) {
    std::erase_if(places.all, [&](const Place& place) { return place.until != never && place.is_of(applied); });
  }
}

bool GrowingPlaces::has(const std::string& field) const noexcept {
  const auto known = fields_.find(field);
  return known != fields_.end() &&
         std::ranges::find(known->second.all, never, &Place::until) != known->second.all.end();
}

std::vector<Extent> GrowingPlaces::unused(std::optional<Applied> other) const {
  std::vector<Extent> result = spare_;
  for (const auto& [field, places] : fields_) {
    for (const Place& place : places.all) {
      const bool is_used = place.until == never || (other && place.is_of(*other));
      result.push_back(
          {is_used ? round_up(place.extent.begin + place.size, alignment) : place.extent.begin, place.extent.end});
    }
  }
  std::erase_if(result, [](const Extent& extent) { return extent.begin >= extent.end; });
  return result;
}

}  // namespace tessera::hdf5
