#include "plan/cubes.hpp"

#include <algorithm>
#include <random>

namespace bench {

namespace {

/// A position on the Z curve (Morton order): the bits of the three indices interleaved.
std::uint64_t along_curve(const tessera::Index& at) {
  std::uint64_t position = 0;
  for (std::uint64_t bit = 0; bit < 21; ++bit) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      position |= (static_cast<std::uint64_t>(at[axis]) >> bit & 1) << (3 * bit + 2 - axis);
    }
  }
  return position;
}

std::int64_t cubes_along_an_axis(std::int64_t cubes) {
  std::int64_t along = 1;
  while (along * along * along < cubes) ++along;
  return along;
}

}  // namespace

tessera::Index Cubes::shape() const {
  return tessera::Index::filled(3, edge * cubes_along_an_axis(ranks * boxes_per_rank));
}

std::vector<std::vector<tessera::Box>> Cubes::by_rank() const {
  const std::int64_t along = cubes_along_an_axis(ranks * boxes_per_rank);
  std::vector<std::pair<std::uint64_t, tessera::Index>> cubes;
  for (std::int64_t i = 0; i < ranks * boxes_per_rank; ++i) {
    const tessera::Index at{i / (along * along), i / along % along, i % along};
    cubes.emplace_back(along_curve(at), at);
  }
  std::ranges::sort(cubes, {}, [](const auto& cube) { return cube.first; });
  if (scattered) std::ranges::shuffle(cubes, std::mt19937(1));
  std::vector<std::vector<tessera::Box>> result(static_cast<std::size_t>(ranks));
  for (std::size_t i = 0; i < cubes.size(); ++i) {
    const tessera::Index& at = cubes[i].second;
    result[i / static_cast<std::size_t>(boxes_per_rank)].push_back(
        tessera::Box::at({at[0] * edge, at[1] * edge, at[2] * edge}, {edge, edge, edge}));
  }
  return result;
}

}  // namespace bench
