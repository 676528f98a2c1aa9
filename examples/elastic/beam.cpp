#include "beam.hpp"

#include <map>

namespace elastic {

namespace {

/// Kuhn's division of a cube: corners are bits x, y, z, and each tetrahedron goes from 0 to 7 along three edges.
constexpr std::array<std::array<int, 4>, 6> kuhn{
    {{0, 1, 3, 7}, {0, 3, 2, 7}, {0, 2, 6, 7}, {0, 6, 4, 7}, {0, 4, 5, 7}, {0, 5, 1, 7}}};

}  // namespace

Part part_of(const Beam& beam, int rank, int ranks) {
  Part part;
  std::map<std::int64_t, std::int32_t> numbers;
  const auto node = [&](std::int64_t i, std::int64_t j, std::int64_t k) {
    const std::int64_t id = (i * (beam.ny + 1) + j) * (beam.nz + 1) + k;
    const auto [known, is_new] = numbers.emplace(id, static_cast<std::int32_t>(part.nodes.size()));
    if (is_new) {
      part.nodes.push_back(id);
      for (const std::int64_t number : {i, j, k}) part.coordinates.push_back(static_cast<double>(number) * beam.size);
    }
    return known->second;
  };
  const std::int64_t begin = beam.nx * rank / ranks;
  const std::int64_t end = beam.nx * (rank + 1) / ranks;
  for (std::int64_t i = begin; i < end; ++i) {
    for (std::int64_t j = 0; j < beam.ny; ++j) {
      for (std::int64_t k = 0; k < beam.nz; ++k) {
        const std::int64_t box = (i * beam.ny + j) * beam.nz + k;
        for (std::size_t t = 0; t < kuhn.size(); ++t) {
          auto& tet = part.tets.emplace_back();
          for (std::size_t c = 0; c < 4; ++c) {
            const int corner = kuhn[t][c];
            tet[c] = node(i + (corner & 1), j + (corner >> 1 & 1), k + (corner >> 2));
          }
          part.cells.push_back(box * static_cast<std::int64_t>(kuhn.size()) + static_cast<std::int64_t>(t));
          part.material.push_back(k < beam.nz / 2 ? 0 : 1);
        }
      }
    }
  }
  for (const int side : {0, 1}) {
    if (rank + 2 * side - 1 < 0 || rank + 2 * side - 1 >= ranks) continue;
    for (std::int64_t j = 0; j <= beam.ny; ++j) {
      for (std::int64_t k = 0; k <= beam.nz; ++k)
        part.shared[static_cast<std::size_t>(side)].push_back(node(side == 0 ? begin : end, j, k));
    }
  }
  return part;
}

}  // namespace elastic
