#pragma once

#include <cstdint>
#include <vector>

#include <tessera/mesh.hpp>

namespace tessera_test {

/// One rank's part of a mesh: squares in a row, in the plane, shared out among the ranks.
struct RowOfSquares {
  std::vector<double> places;
  std::vector<std::int64_t> corners;  ///< of each square, in this rank's numbering
  std::vector<std::int64_t> nodes;    ///< ids
  std::vector<std::int64_t> cells;    ///< ids

  RowOfSquares(std::int64_t squares, int rank, int size) {
    const std::int64_t first = squares * rank / size;
    const std::int64_t last = squares * (rank + 1) / size;
    for (std::int64_t cell = first; cell < last; ++cell) {
      cells.push_back(cell);
      const std::int64_t at = 2 * (cell - first);
      corners.insert(corners.end(), {at, at + 2, at + 3, at + 1});
    }
    for (std::int64_t node = 2 * first; first < last && node < 2 * last + 2; ++node) {
      nodes.push_back(node);
      places.insert(places.end(), {static_cast<double>(node / 2), static_cast<double>(node % 2)});
    }
  }

  /// Refers to this.
  tessera::MeshPart part() const {
    return {.coordinates = places,
            .types = {tessera::CellType::quadrilateral},
            .connectivity = corners,
            .node_ids = nodes,
            .cell_ids = cells};
  }
};

}  // namespace tessera_test
