#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <tessera/mesh.hpp>

#include "schema/description.hpp"

/// \file
/// Meshes of a run, by the names and attributes that its fields have in a file (schema/mesh.hpp).

namespace tessera::paraview {

/// Cells of a mesh that follow each other, and nodes that do, which are all that the cells have and may be others, too.
/// VTK reads a part apart from others: its connectivity counts from the first one of these nodes.
struct ScenePart {
  std::int64_t first_cell = 0;
  std::int64_t cells = 0;
  std::int64_t first_connectivity = 0;
  std::int64_t connectivity = 0;
  std::int64_t first_node = 0;
  std::int64_t nodes = 0;
};

struct SceneMesh {
  std::string name;
  std::int64_t nodes = 0;
  std::int64_t cells = 0;
  std::int64_t connectivity = 0;         ///< nodes of all cells together
  std::vector<std::string> coordinates;  ///< paths of the datasets: two or three
  std::string offsets;
  std::string types;
  std::string list;                   ///< of the nodes of all cells; where these have as many, a table of rows
  std::int64_t nodes_of_a_cell = 0;   ///< of the table; 0: it is no table
  std::optional<CellType> only_type;  ///< where all cells are of one
  std::string position;               ///< of a mesh that moves: path of the field with the places in each step
  DataType position_type = DataType::float64;
  std::string position_time_axis = {};
  std::string base;                   ///< of a mesh that changes: its name without the version
  std::int64_t version = 0;           ///< 0: it stays
  std::vector<ScenePart> parts = {};  ///< empty: it is one
};

/// A mesh as one part.
ScenePart whole(const SceneMesh& mesh) noexcept;

/// Steps that have the same mesh, one after the other.
struct SceneEpoch {
  SceneMesh mesh;
  std::int64_t begin = 0;
  std::int64_t end = 0;

  std::int64_t steps() const noexcept { return end - begin; }
};

/// All meshes whose datasets are there.
std::vector<SceneMesh> meshes_of(std::span<const schema::Field* const> fields);

/// Whether it is one of the datasets that the meshes themselves consist of.
bool is_of_mesh(const schema::Field& field, std::span<const SceneMesh> meshes);

/// The name of the mesh that a field lies on; empty: none.
std::string mesh_of(const schema::Field& field);
/// Where on it.
Location location_on_mesh(const schema::Field& field);

/// Its name as the user calls it, where that has the version of its mesh in the file.
std::string name_on(const SceneMesh& mesh, const std::string& field);

/// Of a mesh that changes. \param versions all that are there \param by_steps the version of each step
std::vector<SceneEpoch> epochs_of(std::span<const SceneMesh> versions, std::span<const std::int64_t> by_steps,
                                  std::int64_t steps);

}  // namespace tessera::paraview
