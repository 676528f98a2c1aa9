#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "paraview/scene_mesh.hpp"

/// \file
/// Cells of a mesh as the study has them, read some at a time.

namespace tessera::paraview {

/// Reads rows of a static dataset of the study, by its path, as integers: the components of a row together.
/// \throws Error
using ReadRows =
    std::function<void(const std::string& path, std::int64_t begin, std::int64_t rows, std::span<std::int64_t> values)>;

/// How many are read together at most.
inline constexpr std::int64_t cells_at_once = std::int64_t{1} << 18;

/// Cells that follow each other.
struct MeshCells {
  std::vector<std::int64_t> offsets;  ///< among the nodes of all cells of the mesh; one more than there are cells
  std::vector<std::int64_t> nodes;

  std::int64_t count() const noexcept { return std::ssize(offsets) - 1; }
  std::span<const std::int64_t> nodes_of(std::int64_t cell) const {
    const auto begin = offsets[static_cast<std::size_t>(cell)];
    const auto length = offsets[static_cast<std::size_t>(cell) + 1] - begin;
    return std::span(nodes).subspan(static_cast<std::size_t>(begin - offsets[0]), static_cast<std::size_t>(length));
  }
};

/// Where the nodes of some cells, and of the one behind, begin. \throws Error hdf5 for offsets that cannot be
std::vector<std::int64_t> read_offsets(const SceneMesh& mesh, const ReadRows& read, std::int64_t begin,
                                       std::int64_t cells);

/// \throws Error hdf5 where a cell has a node that the mesh has not
MeshCells read_cells(const SceneMesh& mesh, const ReadRows& read, std::int64_t begin, std::int64_t cells);

}  // namespace tessera::paraview
