#include "schema/mesh.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "base/text.hpp"

namespace tessera::schema {

namespace {

constexpr std::array kinds{
    CellKind{CellType::vertex, "vertex", 0, 1, true, "Polyvertex"},
    CellKind{CellType::line, "line", 1, 2, true, "Polyline"},
    CellKind{CellType::triangle, "triangle", 2, 3, true, "Triangle"},
    CellKind{CellType::polygon, "polygon", 2, 0, true, nullptr},
    CellKind{CellType::quadrilateral, "quadrilateral", 2, 4, true, "Quadrilateral"},
    CellKind{CellType::tetrahedron, "tetrahedron", 3, 4, true, "Tetrahedron"},
    CellKind{CellType::hexahedron, "hexahedron", 3, 8, true, "Hexahedron"},
    CellKind{CellType::wedge, "wedge", 3, 6, true, "Wedge"},
    CellKind{CellType::pyramid, "pyramid", 3, 5, true, "Pyramid"},
    CellKind{CellType::quadratic_line, "quadratic_line", 1, 3, false, "Edge_3"},
    CellKind{CellType::quadratic_triangle, "quadratic_triangle", 2, 6, false, "Triangle_6"},
    CellKind{CellType::quadratic_quadrilateral, "quadratic_quadrilateral", 2, 8, false, "Quadrilateral_8"},
    CellKind{CellType::quadratic_tetrahedron, "quadratic_tetrahedron", 3, 10, false, "Tetrahedron_10"},
    CellKind{CellType::quadratic_hexahedron, "quadratic_hexahedron", 3, 20, false, nullptr},
    CellKind{CellType::quadratic_wedge, "quadratic_wedge", 3, 15, false, nullptr},
    CellKind{CellType::quadratic_pyramid, "quadratic_pyramid", 3, 13, false, nullptr},
    CellKind{CellType::biquadratic_quadrilateral, "biquadratic_quadrilateral", 2, 9, false, nullptr},
    CellKind{CellType::triquadratic_hexahedron, "triquadratic_hexahedron", 3, 27, false, nullptr},
    CellKind{CellType::lagrange_line, "lagrange_line", 1, 0, false, nullptr},
    CellKind{CellType::lagrange_triangle, "lagrange_triangle", 2, 0, false, nullptr},
    CellKind{CellType::lagrange_quadrilateral, "lagrange_quadrilateral", 2, 0, false, nullptr},
    CellKind{CellType::lagrange_tetrahedron, "lagrange_tetrahedron", 3, 0, false, nullptr},
    CellKind{CellType::lagrange_hexahedron, "lagrange_hexahedron", 3, 0, false, nullptr},
    CellKind{CellType::lagrange_wedge, "lagrange_wedge", 3, 0, false, nullptr},
    CellKind{CellType::lagrange_pyramid, "lagrange_pyramid", 3, 0, false, nullptr}};

/// \{ Endings of the dimensions' names.
constexpr const char* of_one = "_one";
constexpr const char* of_nodes = "_nodes";
constexpr const char* of_cells = "_cells";
constexpr const char* of_offsets = "_offsets_count";
constexpr const char* of_list = "_list_length";
/// \}

Axis dimension(const std::string& name, std::int64_t length) {
  Axis axis;
  axis.name = name;
  axis.length = length;
  axis.has_coordinates = false;
  return axis;
}

/// A static field without options.
Field plain(const Run& run, const std::string& name, DataType type, Axis axis, const Codec& codec) {
  Field field;
  field.name = name;
  field.run = run.name;
  field.path = join(run.path, name);
  field.given = field.stored = type;
  field.axes = {std::move(axis)};
  field.time_dependent = false;
  field.codec = codec;
  return field;
}

/// UGRID's connectivity has corners alone.
bool fits_ugrid(const MeshDescription& mesh) {
  return mesh.topology_dimension() > 0 && mesh.most_nodes <= widest_table &&
         std::ranges::all_of(mesh.kinds, [](const CellKind* kind) { return kind->is_linear; });
}

Field topology(const MeshDescription& mesh, const Run& run) {
  Field field = plain(run, mesh.name, DataType::int32, dimension(mesh.name + of_one, 1), Codec::none());
  field.long_name = mesh.options.long_name;
  std::string coordinates;
  for (int number = 0; number < mesh.options.dimensions; ++number)
    coordinates += (number > 0 ? " " : "") + coordinate_name(mesh.name, number);
  field.attributes = {{"cf_role", "mesh_topology"},
                      {"topology_dimension", mesh.topology_dimension()},
                      {"node_dimension", nodes_axis(mesh).name},
                      {"node_coordinates", coordinates}};
  const std::string location = mesh.cell_location();
  field.attributes.push_back({location + "_dimension", cells_axis(mesh).name});
  if (fits_ugrid(mesh)) field.attributes.push_back({location + "_node_connectivity", table_name(mesh.name)});
  if (!mesh.options.position.empty())
    field.attributes.push_back({node_position, name_in_version(mesh.options.position, mesh.options.version)});
  if (mesh.options.version > 0) {
    field.attributes.push_back({version_of, mesh.base});
    field.attributes.push_back({mesh_version, mesh.options.version});
  }
  // Of the same mesh again, when a job continues the file.
  field.attributes.push_back({"digest", std::bit_cast<std::int64_t>(mesh.digest)});
  field.attributes.push_back({place_sums, mesh.place_sums});
  return field;
}

Field coordinate(const MeshDescription& mesh, const Run& run, int number, const Codec& codec) {
  Field field = plain(run, coordinate_name(mesh.name, number), DataType::float64, nodes_axis(mesh), codec);
  field.unit = mesh.options.unit;
  field.attributes = {{"mesh", mesh.name}, {"location", "node"}};
  return field;
}

Field table(const MeshDescription& mesh, const Run& run, const Codec& codec) {
  Field field = plain(run, table_name(mesh.name), DataType::int64, cells_axis(mesh), codec);
  field.components = mesh.most_nodes;
  field.attributes = {{"start_index", 0}};
  if (fits_ugrid(mesh))
    field.attributes.push_back({"cf_role", std::string(mesh.cell_location()) + "_node_connectivity"});
  if (mesh.is_uniform()) return field;
  constexpr std::int64_t none = -1;
  field.fill.emplace(sizeof none);
  std::memcpy(field.fill->data(), &none, sizeof none);
  return field;
}

Field types(const MeshDescription& mesh, const Run& run, const Codec& codec) {
  Field field = plain(run, types_name(mesh.name), DataType::uint8, cells_axis(mesh), codec);
  std::vector<std::int32_t> values;
  std::string meanings;
  for (const CellKind* kind : mesh.kinds) {
    values.push_back(static_cast<std::int32_t>(kind->type));
    meanings += (meanings.empty() ? "" : " ") + std::string(kind->name);
  }
  field.attributes = {{"flag_values", values},
                      {"flag_meanings", meanings},
                      {"mesh", mesh.name},
                      {"location", mesh.cell_location()}};
  return field;
}

}  // namespace

const CellKind* kind_of(CellType type) noexcept {
  const auto* found = std::ranges::find(kinds, type, &CellKind::type);
  return found == kinds.end() ? nullptr : found;
}

int MeshDescription::topology_dimension() const noexcept {
  int most = 0;
  for (const CellKind* kind : kinds) most = std::max(most, kind->dimension);
  return most;
}

const char* MeshDescription::cell_location() const noexcept {
  constexpr std::array names{"edge", "edge", "face", "volume"};
  return names.at(static_cast<std::size_t>(topology_dimension()));
}

Axis nodes_axis(const MeshDescription& mesh) { return dimension(mesh.name + of_nodes, mesh.nodes); }
Axis cells_axis(const MeshDescription& mesh) { return dimension(mesh.name + of_cells, mesh.cells); }

bool is_axis_of_mesh(const std::string& axis, const std::string& mesh) {
  return axis.starts_with(mesh) && std::ranges::any_of(std::array{of_one, of_nodes, of_cells, of_offsets, of_list},
                                                       [&](const char* ending) { return axis == mesh + ending; });
}

std::vector<MeshArray> arrays_of(const MeshDescription& mesh, const Run& run, const Codec& codec) {
  using Content = MeshArray::Content;
  std::vector<MeshArray> arrays{{Content::topology, 0, topology(mesh, run)}};
  for (int number = 0; number < mesh.options.dimensions; ++number)
    arrays.push_back({Content::coordinate, number, coordinate(mesh, run, number, codec)});
  if (mesh.is_uniform() || mesh.most_nodes <= widest_table)
    arrays.push_back({Content::table, 0, table(mesh, run, codec)});
  arrays.push_back({Content::types, 0, types(mesh, run, codec)});
  const Axis ends = dimension(mesh.name + of_offsets, mesh.cells + 1);
  arrays.push_back({Content::offsets, 0, plain(run, offsets_name(mesh.name), DataType::int64, ends, codec)});
  if (!mesh.is_uniform()) {
    const Axis all = dimension(mesh.name + of_list, mesh.connectivity);
    arrays.push_back({Content::list, 0, plain(run, list_name(mesh.name), DataType::int64, all, codec)});
  }
  return arrays;
}

Attributes location_attributes(const MeshDescription& mesh, Location location) {
  const bool at_nodes = location == Location::point;
  Attributes attributes{{"mesh", mesh.name}, {"location", at_nodes ? "node" : mesh.cell_location()}};
  if (!at_nodes) return attributes;
  std::string coordinates;
  for (int number = 0; number < mesh.options.dimensions; ++number)
    coordinates += (number > 0 ? " " : "") + coordinate_name(mesh.name, number);
  attributes.push_back({"coordinates", coordinates});
  return attributes;
}

std::string coordinate_name(const std::string& mesh, int number) {
  return mesh + "_" + std::string(1, static_cast<char>('x' + number));
}
std::string table_name(const std::string& mesh) { return mesh + "_connectivity"; }
std::string types_name(const std::string& mesh) { return mesh + "_types"; }
std::string offsets_name(const std::string& mesh) { return mesh + "_offsets"; }
std::string list_name(const std::string& mesh) { return mesh + "_connectivity_list"; }

}  // namespace tessera::schema
