#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tessera/mesh.hpp>

#include "schema/description.hpp"
#include "schema/group.hpp"
#include "schema/operation.hpp"

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

/// Of the places of all nodes, by which a job that goes on with a mesh knows it again, up to rounding: sums of
/// coordinates with weights, for some nodes each, in units of 2^-36 of the mesh's size; the last two are the number of
/// nodes and the binary exponent of this size. Integers, so that the order of adding does not matter.
using PlaceSums = std::vector<std::int64_t>;

inline constexpr const char* place_sums = "place_sums";
inline constexpr std::size_t place_groups = 8;

/// Whether two meshes may have the same places: always where nodes differ by a millionth of the size on average.
bool are_same_places(const PlaceSums& a, const PlaceSums& b) noexcept;

/// A mesh, the same on every rank.
struct MeshDescription {
  std::string name;  ///< of its datasets, with the version where it has one
  std::string base;  ///< as the user calls it
  MeshOptions options;
  std::int64_t nodes = 0;
  std::int64_t cells = 0;
  std::int64_t connectivity = 0;       ///< nodes of all cells together
  std::int64_t most_nodes = 0;         ///< of a cell
  std::vector<const CellKind*> kinds;  ///< that occur, by number
  std::uint64_t digest = 0;            ///< of all cells
  PlaceSums place_sums;

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

/// Whether a dimension of this name is one of the mesh's.
bool is_axis_of_mesh(const std::string& axis, const std::string& mesh);

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

/// \{ Attributes of a mesh that has versions: which one it is, and of what; and which field moves the nodes.
inline constexpr const char* mesh_version = "mesh_version";
inline constexpr const char* version_of = "version_of";
inline constexpr const char* node_position = "node_position";
/// \}

/// The name of a dataset of a mesh or of its fields: "u_2" in version 2; as it is without versions.
std::string name_in_version(const std::string& name, std::int64_t version);
/// The series that tells which version a step has, an integer for each.
std::string version_name(const std::string& mesh);
/// Makes it, with `steps` values that read 0; `time` exists.
Operations create_version_series(const std::string& group, const std::string& mesh, std::int64_t steps,
                                 std::int64_t chunk);
/// Whether a mesh of this name and version (0: it has none) fits in with the meshes that a group has: either all of a
/// name have versions, or there is one without. \throws Error name_in_use
void check_mesh_name(const Group& group, const std::string& mesh, std::int64_t version);
/// The names of meshes that are declared, and not in the file yet; with their versions.
std::vector<std::string> awaited_meshes(const Group& group);
/// Whether a field belongs to one of these meshes, or lies on one.
bool waits_for_mesh(const std::vector<std::string>& meshes, const Field& field);
/// Whether it is a series of the versions of a mesh of which the one that comes next is among these.
bool waits_for_mesh(const std::vector<std::string>& meshes, const Group& group, const ScalarRecord& scalar);
/// What the caller's field has to be like to tell the places of nodes, and which fill value fields have in steps of
/// other versions. \throws Error invalid_argument
void prepare_field(const MeshDescription& mesh, Location location, const std::string& name,
                   detail::FieldRequest& request);

/// \{ Names of datasets, from the mesh's.
std::string coordinate_name(const std::string& mesh, int number);
std::string table_name(const std::string& mesh);
std::string types_name(const std::string& mesh);
std::string offsets_name(const std::string& mesh);
std::string list_name(const std::string& mesh);
/// \}

}  // namespace tessera::schema
