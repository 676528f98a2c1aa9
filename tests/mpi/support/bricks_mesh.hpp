#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include <tessera/mesh.hpp>

/// \file
/// A small mesh of which every rank has some cells: boxes of edge 1 in a block of 3 x 2 x 4, as hexahedra, as five
/// tetrahedra each, or some boxes so and some otherwise. Every number follows from the global ids.

namespace tessera_test {

enum class Cut { hexahedra, tetrahedra, mixed };

/// This rank's part. What Run::mesh takes points into it.
class BricksMesh {
 public:
  static constexpr std::int64_t nx = 3;
  static constexpr std::int64_t ny = 2;
  static constexpr std::int64_t nz = 4;
  static constexpr std::int64_t all_nodes = (nx + 1) * (ny + 1) * (nz + 1);

  /// \param owner of a box, by its number
  BricksMesh(Cut cut, int rank, const std::function<int(std::int64_t)>& owner) {
    std::int64_t cell = 0;
    for (std::int64_t box = 0; box < nx * ny * nz; ++box) {
      const auto corners = corners_of(box);
      if (cut == Cut::hexahedra || (cut == Cut::mixed && box % 3 == 0)) {
        if (owner(box) == rank) add(cell, tessera::CellType::hexahedron, {corners.begin(), corners.end()});
        ++cell;
        continue;
      }
      // Each of the tetrahedra has a positive volume in VTK's order.
      for (const auto& t : {std::array{0, 1, 3, 4}, {1, 2, 3, 6}, {1, 4, 5, 6}, {3, 4, 6, 7}, {1, 3, 4, 6}}) {
        if (owner(box) == rank) {
          add(cell, tessera::CellType::tetrahedron,
              {corners[std::size_t(t[0])], corners[std::size_t(t[1])], corners[std::size_t(t[2])],
               corners[std::size_t(t[3])]});
        }
        ++cell;
      }
    }
    all_cells = cell;
  }

  tessera::MeshPart part(bool by_ids) const {
    tessera::MeshPart result{.coordinates = coordinates, .types = types, .connectivity = connectivity};
    if (by_ids) result.node_ids = nodes;
    if (by_ids) result.cell_ids = cells;
    return result;
  }

  /// What a field holds: of a node or cell with this id.
  static double value(std::int64_t id, int step, int component = 0) {
    return static_cast<double>(id) + 0.25 * component + 1000 * (step + 1);
  }
  static std::vector<double> values(const std::vector<std::int64_t>& ids, int step, int components = 1) {
    std::vector<double> result;
    for (const std::int64_t id : ids) {
      for (int component = 0; component < components; ++component) result.push_back(value(id, step, component));
    }
    return result;
  }

  std::vector<double> coordinates;
  std::vector<tessera::CellType> types;
  std::vector<std::int32_t> connectivity;
  std::vector<std::int64_t> nodes;  ///< ids
  std::vector<std::int64_t> cells;
  std::int64_t all_cells = 0;

 private:
  static std::array<std::int64_t, 8> corners_of(std::int64_t box) {
    const std::int64_t i = box % nx;
    const std::int64_t j = box / nx % ny;
    const std::int64_t k = box / nx / ny;
    const auto node = [&](std::int64_t a, std::int64_t b, std::int64_t c) {
      return ((k + c) * (ny + 1) + j + b) * (nx + 1) + i + a;
    };
    return {node(0, 0, 0), node(1, 0, 0), node(1, 1, 0), node(0, 1, 0),
            node(0, 0, 1), node(1, 0, 1), node(1, 1, 1), node(0, 1, 1)};
  }

  void add(std::int64_t cell, tessera::CellType type, const std::vector<std::int64_t>& corners) {
    cells.push_back(cell);
    types.push_back(type);
    for (const std::int64_t id : corners) {
      const auto [known, is_new] = numbers_.emplace(id, static_cast<std::int32_t>(nodes.size()));
      connectivity.push_back(known->second);
      if (!is_new) continue;
      nodes.push_back(id);
      coordinates.push_back(static_cast<double>(id % (nx + 1)));
      coordinates.push_back(static_cast<double>(id / (nx + 1) % (ny + 1)));
      coordinates.push_back(static_cast<double>(id / (nx + 1) / (ny + 1)));
    }
  }

  std::map<std::int64_t, std::int32_t> numbers_;
};

}  // namespace tessera_test
