#include "paraview/scene_mesh.hpp"

#include <algorithm>
#include <sstream>
#include <variant>

#include "schema/mesh.hpp"

namespace tessera::paraview {

namespace {

using Fields = std::span<const schema::Field* const>;

const AttributeValue::Storage* attribute_of(const schema::Field& field, const char* name) {
  const auto found = std::ranges::find(field.attributes, name, &Attribute::name);
  return found == field.attributes.end() ? nullptr : &found->value.storage();
}

std::string text_of(const schema::Field& field, const char* name) {
  const auto* value = attribute_of(field, name);
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  return text == nullptr ? std::string() : *text;
}

const schema::Field* find(Fields fields, const std::string& name) {
  const auto found = std::ranges::find(fields, name, &schema::Field::name);
  return found == fields.end() || (*found)->axes.size() != 1 || (*found)->time_dependent ? nullptr : *found;
}

std::optional<CellType> only_type_of(const schema::Field& types) {
  const auto* value = attribute_of(types, "flag_values");
  if (value == nullptr) return {};
  if (const auto* one = std::get_if<std::int32_t>(value)) return static_cast<CellType>(*one);
  const auto* all = std::get_if<std::vector<std::int32_t>>(value);
  if (all == nullptr || all->size() != 1) return {};
  return static_cast<CellType>(all->front());
}

/// A field that moves the nodes.
void take_position(SceneMesh& mesh, const std::string& name, Fields fields) {
  const auto found = std::ranges::find(fields, name, &schema::Field::name);
  if (name.empty() || found == fields.end()) return;
  const schema::Field& field = **found;
  const bool fits = field.time_dependent && field.axes.size() == 1 && field.axes[0].length == mesh.nodes &&
                    field.components == std::ssize(mesh.coordinates) && field.tensor_axes.empty() &&
                    !detail::is_short_float(field.stored) && detail::element_type(field.stored).is_floating;
  if (!fits) return;
  mesh.position = field.path;
  mesh.position_type = field.stored;
  mesh.position_time_axis = field.time_axis;
}

void take_version(SceneMesh& mesh, const schema::Field& topology) {
  const auto* value = attribute_of(topology, schema::mesh_version);
  const auto* version = value == nullptr ? nullptr : std::get_if<std::int32_t>(value);
  const std::string base = text_of(topology, schema::version_of);
  if (version == nullptr || *version < 1 || mesh.name != schema::name_in_version(base, *version)) return;
  mesh.base = base;
  mesh.version = *version;
}

std::optional<SceneMesh> mesh_of_topology(const schema::Field& topology, Fields fields) {
  SceneMesh mesh;
  mesh.name = topology.name;
  std::istringstream names(text_of(topology, "node_coordinates"));
  for (std::string name; names >> name;) {
    const schema::Field* coordinate = find(fields, name);
    if (coordinate == nullptr) return {};
    mesh.nodes = coordinate->axes[0].length;
    mesh.coordinates.push_back(coordinate->path);
  }
  const schema::Field* offsets = find(fields, schema::offsets_name(mesh.name));
  const schema::Field* types = find(fields, schema::types_name(mesh.name));
  const schema::Field* list = find(fields, schema::list_name(mesh.name));
  if (list == nullptr) {
    list = find(fields, schema::table_name(mesh.name));
    if (list != nullptr) mesh.nodes_of_a_cell = list->components;
  }
  if (mesh.coordinates.size() < 2 || mesh.coordinates.size() > 3 || !offsets || !types || !list) return {};
  mesh.cells = types->axes[0].length;
  mesh.connectivity = list->axes[0].length * list->components;
  mesh.offsets = offsets->path;
  mesh.types = types->path;
  mesh.list = list->path;
  mesh.only_type = only_type_of(*types);
  take_position(mesh, text_of(topology, schema::node_position), fields);
  take_version(mesh, topology);
  return mesh;
}

}  // namespace

ScenePart whole(const SceneMesh& mesh) noexcept { return {0, mesh.cells, 0, mesh.connectivity, 0, mesh.nodes}; }

std::vector<SceneMesh> meshes_of(Fields fields) {
  std::vector<SceneMesh> meshes;
  for (const schema::Field* field : fields) {
    if (text_of(*field, "cf_role") != "mesh_topology") continue;
    if (auto mesh = mesh_of_topology(*field, fields)) meshes.push_back(std::move(*mesh));
  }
  return meshes;
}

bool is_of_mesh(const schema::Field& field, std::span<const SceneMesh> meshes) {
  return std::ranges::any_of(meshes, [&](const SceneMesh& mesh) {
    const auto& name = mesh.name;
    return field.name == name || field.path == mesh.offsets || field.path == mesh.types || field.path == mesh.list ||
           field.name == schema::table_name(name) || std::ranges::count(mesh.coordinates, field.path) > 0;
  });
}

std::string mesh_of(const schema::Field& field) { return text_of(field, "mesh"); }

Location location_on_mesh(const schema::Field& field) {
  return text_of(field, "location") == "node" ? Location::point : Location::cell;
}

std::string name_on(const SceneMesh& mesh, const std::string& field) {
  if (mesh.version == 0) return field;
  const std::string ending = "_" + std::to_string(mesh.version);
  return field.ends_with(ending) ? field.substr(0, field.size() - ending.size()) : field;
}

std::vector<SceneEpoch> epochs_of(std::span<const SceneMesh> versions, std::span<const std::int64_t> by_steps,
                                  std::int64_t steps) {
  std::vector<SceneEpoch> epochs;
  for (std::int64_t step = 0; step < steps; ++step) {
    const auto number = static_cast<std::size_t>(step);
    const std::int64_t version = number < by_steps.size() ? by_steps[number] : 0;
    const auto found = std::ranges::find(versions, version, &SceneMesh::version);
    const bool goes_on = !epochs.empty() && (found == versions.end() || found->version == epochs.back().mesh.version);
    if (!goes_on) epochs.push_back({found == versions.end() ? versions.front() : *found, step, step});
    epochs.back().end = step + 1;
  }
  return epochs;
}

}  // namespace tessera::paraview
