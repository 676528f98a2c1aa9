#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tessera/mesh.hpp>

#include "schema/description.hpp"

/// \file
/// What the file has of an unstructured mesh: FORMAT.md in code. Names and attributes are those of the UGRID
/// conventions, version 1.0 (http://ugrid-conventions.github.io/ugrid-conventions), where these can express it.

namespace tessera::schema {

inline constexpr const char* mesh_convention = "UGRID-1.0";

/// A kind of cells.
struct CellKind {
  CellType type;
  const char* name;
  int dimension;        ///< 0 to 3
  int nodes;            ///< 0: as many as the offsets say
  bool is_linear;       ///< nodes at corners alone, which is what UGRID has
  const char* in_xdmf;  ///< its name as a topology there; nullptr: none, or with nodes in another order
};

/// nullptr: a number that is none of them.
const CellKind* kind_of(CellType type) noexcept;

/// A mesh, the same on every rank.
struct MeshDescription {
  std::string name;
  MeshOptions options;
  std::int64_t nodes = 0;
  std::int64_t cells = 0;
  std::int64_t connectivity = 0;       ///< nodes of all cells together
  std::int64_t most_nodes = 0;         ///< of a cell
  std::vector<const CellKind*> kinds;  ///< that occur, by number
  std::uint64_t digest = 0;            ///< of all cells

  /// Whether all cells have as many nodes.
  bool is_uniform() const noexcept { return connectivity == cells * most_nodes; }
  /// The largest dimension of a cell.
  int topology_dimension() const noexcept;
  /// "edge", "face" or "volume": what UGRID calls cells.
  const char* cell_location() const noexcept;
};

/// The dimension of the nodes, and of the cells.
Axis nodes_axis(const MeshDescription& mesh);
Axis cells_axis(const MeshDescription& mesh);

/// The most nodes of a cell for which there is a table with a row for each cell.
inline constexpr std::int64_t widest_table = 32;

/// A static dataset of a mesh.
struct MeshArray {
  enum class Content : std::uint8_t { topology, coordinate, table, types, offsets, list };
  Content content;
  int number = 0;  ///< of the coordinate
  Field field;     ///< without a chunk
};

/// In the order in which they are made.
std::vector<MeshArray> arrays_of(const MeshDescription& mesh, const Run& run, const Codec& codec);

/// What a field on the mesh has besides its own attributes.
Attributes location_attributes(const MeshDescription& mesh, Location location);

/// \{ Names of datasets, from the mesh's.
std::string coordinate_name(const std::string& mesh, int number);
std::string table_name(const std::string& mesh);
std::string types_name(const std::string& mesh);
std::string offsets_name(const std::string& mesh);
std::string list_name(const std::string& mesh);
/// \}

}  // namespace tessera::schema
