#pragma once

#include <cstdint>
#include <vector>

#include "paraview/mesh_cells.hpp"

/// \file
/// Parts of meshes, which ParaView's ranks share among them. A part has cells that follow each other, and all nodes
/// from the first to the last one that they have: where these come in the order of the cells, more or less, parts share
/// few nodes. They are cut where they share the fewest: between what the ranks of the code gave, where no ids are
/// given.

namespace tessera::paraview {

struct Scene;

/// How many times the nodes of the mesh its parts may have together.
inline constexpr double most_nodes_of_parts = 1.25;

/// Into at most so many; fewer where they would have too many nodes, in the end one. Of all parts together no node is
/// missing. \param most_blocks in which cells are looked at, so that memory does not grow with the mesh
std::vector<ScenePart> parts_of(const SceneMesh& mesh, std::int64_t most, const ReadRows& read,
                                std::int64_t most_blocks = std::int64_t{1} << 22);

/// Divides the mesh of a scene, or all its versions, into at most so many parts each. \throws Error of `read`; hdf5
/// where the mesh is damaged
void divide(Scene& scene, std::int64_t most, const ReadRows& read);

/// Of each version that steps have: how many parts there are.
std::vector<std::int64_t> numbers_of_parts(const Scene& scene);

}  // namespace tessera::paraview
