#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

/// \file
/// A beam of tetrahedra that Gmsh made (beam.geo), of which every rank has some.

namespace elastic {

/// All of it.
struct Beam {
  std::vector<double> coordinates;                ///< x, y, z of each node, m
  std::vector<std::array<std::int64_t, 4>> tets;  ///< nodes of each cell
  std::vector<std::uint8_t> material;             ///< of each cell: 0 steel, 1 aluminium

  double length() const;
  std::int64_t nodes_at_end() const;
};

/// What one rank has of it. Nodes between two ranks' cells belong to both.
struct Part {
  std::vector<std::int64_t> nodes;                ///< their numbers in the whole beam
  std::vector<std::int64_t> cells;                ///< the same
  std::vector<double> coordinates;                ///< x, y, z of each node, m
  std::vector<std::array<std::int32_t, 4>> tets;  ///< this rank's numbers of nodes
  std::vector<std::uint8_t> material;
  /// Nodes that another rank has too, in the same order there.
  struct Shared {
    int rank = 0;
    std::vector<std::int32_t> nodes;
  };
  std::vector<Shared> shared;
};

/// Of a file in Gmsh's format 2.2; other cells than tetrahedra are left out. \throws std::runtime_error
Beam read_gmsh(const std::string& path);

/// Partitioned by coordinates: each rank gets as many cells, the next ones along x.
Part part_of(const Beam& beam, int rank, int ranks);

}  // namespace elastic
