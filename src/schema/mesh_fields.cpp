#include <algorithm>
#include <limits>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "schema/field_rules.hpp"
#include "schema/mesh.hpp"

/// \file
/// Meshes that move or change: what fields on them have to be like.

namespace tessera::schema {

namespace {

template <class T>
detail::ElementBytes not_a_number() {
  constexpr T value = std::numeric_limits<T>::quiet_NaN();
  const auto* bytes = reinterpret_cast<const std::byte*>(&value);
  return {bytes, bytes + sizeof value};
}

void check_node_position(const MeshDescription& mesh, Location location, const detail::FieldRequest& request) {
  const std::string what = "field " + in_quotes(mesh.options.position) + ", the position of mesh " +
                           in_quotes(mesh.base) + " (MeshOptions::position),";
  const auto refuse = [&](const std::string& why) { throw Error(ErrorCode::invalid_argument, what + why); };
  if (location != Location::point) refuse(" lies in cells; declare it on nodes()");
  if (const std::int64_t components = components_of(request.options); components != mesh.options.dimensions) {
    refuse(" has " + std::to_string(components) + " components, and nodes have " +
           std::to_string(mesh.options.dimensions) + " coordinates");
  }
  if (!request.options.tensor_axes.empty()) refuse(" is a tensor; leave out FieldOptions::tensor_axes");
  if (!detail::element_type(request.type).is_floating) refuse(" holds integers; make it float or double");
  if (request.options.precision == Precision::half || request.options.precision == Precision::bfloat16) {
    refuse(" is stored in half precision or as bfloat16; make that single or full");
  }
  if (!request.options.time_dependent) refuse(" is static; give MeshPart::coordinates instead");
}

const std::string* text_of(const Field& field, const char* name) {
  const auto found = std::ranges::find(field.attributes, name, &Attribute::name);
  return found == field.attributes.end() ? nullptr : std::get_if<std::string>(&found->value.storage());
}

bool is_topology(const Field& field) {
  const std::string* role = text_of(field, "cf_role");
  return role != nullptr && *role == "mesh_topology";
}

}  // namespace

void check_mesh_name(const Group& group, const std::string& mesh, std::int64_t version) {
  group.fields.for_each([&](int, const FieldRecord& record) {
    const Field& there = record.field;
    if (!is_topology(there)) return;
    const std::string* base = text_of(there, version_of);
    const std::string what = "the mesh " + in_quotes(mesh) + " of " + group.described();
    if (version > 0 && base == nullptr && there.name == mesh) {
      throw Error(ErrorCode::name_in_use, what + " was made without a version, and stays; take another name for one " +
                                              "that changes (MeshOptions::version)");
    }
    if (version == 0 && base != nullptr && *base == mesh) {
      throw Error(ErrorCode::name_in_use, what + " has versions, " + in_quotes(there.name) +
                                              " among them; give MeshOptions::version, or take another name for one "
                                              "that stays");
    }
  });
}

std::vector<std::string> awaited_meshes(const Group& group) {
  std::vector<std::string> meshes;
  group.fields.for_each([&](int, const FieldRecord& record) {
    if (record.batch == 0 && is_topology(record.field)) meshes.push_back(record.field.name);
  });
  return meshes;
}

bool waits_for_mesh(const std::vector<std::string>& meshes, const Field& field) {
  return std::ranges::any_of(meshes, [&](const std::string& mesh) {
    return field.name == mesh ||
           std::ranges::any_of(field.axes, [&](const Axis& axis) { return is_axis_of_mesh(axis.name, mesh); });
  });
}

bool waits_for_mesh(const std::vector<std::string>& meshes, const Group& group, const ScalarRecord& scalar) {
  const VersionRecord* next = scalar.mesh.empty() ? nullptr : group.versions.find(scalar.mesh);
  return next != nullptr && std::ranges::count(meshes, name_in_version(scalar.mesh, next->version)) > 0;
}

bool are_same_places(const PlaceSums& a, const PlaceSums& b) noexcept {
  if (a.size() != b.size() || a.size() < 2 || *(a.end() - 2) != *(b.end() - 2)) return false;
  // Rounding may take the size across a power of two: then one of the units is twice the other.
  if (b.back() > a.back()) return are_same_places(b, a);
  if (a.back() - b.back() > 1) return false;
  const int a_in_units_of_b = static_cast<int>(a.back() - b.back());
  // By 2^-19 of the power of two, which is at least 1.5 times the size; weights go to 16.
  constexpr std::uint64_t most_of_one = 16 * (std::uint64_t{1} << 17);
  const std::uint64_t nodes_of_group = static_cast<std::uint64_t>(*(a.end() - 2)) / place_groups + 1;
  const std::uint64_t most = (nodes_of_group * most_of_one) << a_in_units_of_b;
  for (std::size_t i = 0; i + 2 < a.size(); ++i) {
    const auto more = (static_cast<std::uint64_t>(a[i]) << a_in_units_of_b) - static_cast<std::uint64_t>(b[i]);
    if (std::min(more, std::uint64_t{0} - more) > most) return false;
  }
  return true;
}

std::string name_in_version(const std::string& name, std::int64_t version) {
  return version == 0 ? name : name + "_" + std::to_string(version);
}

std::string version_name(const std::string& mesh) { return mesh + "_version"; }

Operations create_version_series(const std::string& group, const std::string& mesh, std::int64_t steps,
                                 std::int64_t chunk) {
  const std::string path = join(group, version_name(mesh));
  const std::vector<std::byte> none(sizeof(std::int64_t));
  Operations operations;
  operations.push_back(CreateDataset{path, DataType::int64, {steps}, true, {chunk}, Codec::none(), none});
  operations.push_back(AttachScales{path, {join(group, "time")}});
  operations.push_back(SetAttribute{path, "long_name", "version of mesh " + mesh + " in the step", TextForm::fixed});
  operations.push_back(SetAttribute{path, version_of, mesh, TextForm::fixed});
  return operations;
}

void prepare_field(const MeshDescription& mesh, Location location, const std::string& name,
                   detail::FieldRequest& request) {
  if (name == mesh.options.position) check_node_position(mesh, location, request);
  if (mesh.options.version == 0 || !request.options.time_dependent || request.options.fill) return;
  if (!detail::element_type(request.type).is_floating) {
    throw Error(ErrorCode::invalid_argument, "field " + in_quotes(name) + " lies on a version of mesh " +
                                                 in_quotes(mesh.base) +
                                                 "; declare what it reads in steps of other versions with "
                                                 "FieldOptions::fill");
  }
  request.options.fill = request.type == DataType::float32 ? not_a_number<float>() : not_a_number<double>();
}

}  // namespace tessera::schema
