#pragma once

#include <array>
#include <cstdint>
#include <vector>

/// \file
/// A beam along x, cut into tetrahedra, of which every rank has a slab.

namespace elastic {

/// Boxes of edge `size` in each direction; each is cut into six tetrahedra.
struct Beam {
  std::int64_t nx = 24;
  std::int64_t ny = 6;
  std::int64_t nz = 6;
  double size = 0.25;  ///< m

  double length() const { return static_cast<double>(nx) * size; }
};

/// What one rank has of it. Nodes between two slabs belong to both ranks.
struct Part {
  std::vector<std::int64_t> nodes;                ///< their numbers in the whole beam
  std::vector<std::int64_t> cells;                ///< the same
  std::vector<double> coordinates;                ///< x, y, z of each node, m
  std::vector<std::array<std::int32_t, 4>> tets;  ///< this rank's numbers of nodes
  std::vector<std::int32_t> material;             ///< of each cell: 0 steel, 1 aluminium
  /// Nodes that the rank below and the rank above have too, in the same order there; empty where there is none.
  std::array<std::vector<std::int32_t>, 2> shared;
};

/// \param rank of `ranks`, which are no more than beam.nx
Part part_of(const Beam& beam, int rank, int ranks);

}  // namespace elastic
