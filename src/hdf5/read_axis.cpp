#include "hdf5/read_axis.hpp"

#include <array>
#include <string_view>
#include <variant>

#include "hdf5/check.hpp"
#include "hdf5/element_type.hpp"
#include "hdf5/handle.hpp"
#include "hdf5/read_attribute.hpp"
#include "hdf5/texts.hpp"

namespace tessera::hdf5 {

namespace {

bool read_number(hid_t owner, const std::string& about, const char* name, double& value) {
  if (!has_attribute(owner, about, name)) return false;
  const auto read = read_attribute(owner, about, name);
  const auto* number = read ? std::get_if<double>(&read->storage()) : nullptr;
  if (number != nullptr) value = *number;
  return number != nullptr;
}

}  // namespace

bool can_grow(hid_t dataset, const std::string& about) {
  const Handle space(check_id(H5Dget_space(dataset), "H5Dget_space", about), H5Sclose);
  std::array<hsize_t, H5S_MAX_RANK> most{};
  check(H5Sget_simple_extent_dims(space.get(), nullptr, most.data()), "H5Sget_simple_extent_dims", about);
  return most[0] == H5S_UNLIMITED;
}

Index extents_of(hid_t dataset, const std::string& about) {
  const Handle space(check_id(H5Dget_space(dataset), "H5Dget_space", about), H5Sclose);
  const int rank = H5Sget_simple_extent_ndims(space.get());
  if (rank < 1 || rank > static_cast<int>(Index::capacity)) return {};
  std::array<hsize_t, Index::capacity> extents{};
  check(H5Sget_simple_extent_dims(space.get(), extents.data(), nullptr), "H5Sget_simple_extent_dims", about);
  return Index(extents.begin(), extents.begin() + rank);
}

bool is_mapping(hid_t dataset, const std::string& about) {
  const Handle space(check_id(H5Dget_space(dataset), "H5Dget_space", about), H5Sclose);
  return H5Sget_simple_extent_type(space.get()) == H5S_SCALAR && has_attribute(dataset, about, "grid_mapping_name");
}

std::vector<double> read_series(hid_t dataset, const std::string& about) {
  const Index extents = extents_of(dataset, about);
  if (extents.size() != 1) return {};
  std::vector<double> values(static_cast<std::size_t>(extents[0]));
  if (!values.empty()) {
    check(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), "H5Dread", about);
  }
  return values;
}

bool is_bare_dimension(hid_t scale, const std::string& about) {
  return read_text(scale, about, "NAME").starts_with("This is a netCDF dimension but not a netCDF variable");
}

const schema::Axis& AxisReader::read(const std::string& name, std::int64_t length) {
  const auto found = read_.find({name, length});
  return found != read_.end() ? found->second
                              : read_.emplace(std::pair(name, length), read_new(name, length)).first->second;
}

schema::Axis AxisReader::read_new(const std::string& name, std::int64_t length) const {
  schema::Axis axis;
  axis.name = name;
  axis.length = length;
  if (name.empty() || H5Lexists(group_, name.c_str(), H5P_DEFAULT) <= 0) {
    axis.has_coordinates = false;
    return axis;
  }
  const std::string path = schema::join(path_, name);
  const Handle scale(check_id(H5Dopen2(group_, name.c_str(), H5P_DEFAULT), "H5Dopen2", path), H5Dclose);
  if (is_texts(name)) {
    axis.has_coordinates = false;
    axis.texts = read_texts(scale.get(), path);
    return axis;
  }
  axis.unit = read_text(scale.get(), path, "units");
  axis.attributes = read_attributes(scale.get(), path, {"units", "origin", "spacing"});
  if (is_bare_dimension(scale.get(), path)) {
    axis.grows = can_grow(scale.get(), path);
    axis.has_coordinates = read_number(scale.get(), path, "origin", axis.origin) &&
                           read_number(scale.get(), path, "spacing", axis.spacing);
    return axis;
  }
  const Handle type(check_id(H5Dget_type(scale.get()), "H5Dget_type", path), H5Tclose);
  axis.has_coordinates = element_type_of(type.get(), path).has_value();  // others have texts, say
  if (!axis.has_coordinates) return axis;
  set_coordinates(axis, read_series(scale.get(), path));
  if (is_bounds(axis.bounds_name())) add_edges(axis);
  return axis;
}

void AxisReader::add_edges(schema::Axis& axis) const {
  const std::string bounds = axis.bounds_name();
  const std::string path = schema::join(path_, bounds);
  const Handle dataset(check_id(H5Dopen2(group_, bounds.c_str(), H5P_DEFAULT), "H5Dopen2", path), H5Dclose);
  if (extents_of(dataset.get(), path) != Index{axis.length, 2}) return;
  std::vector<double> ends(2 * static_cast<std::size_t>(axis.length));
  check(H5Dread(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, ends.data()), "H5Dread", path);
  std::vector<double> edges;
  for (std::size_t i = 0; i < ends.size(); i += 2) edges.push_back(ends[i]);
  edges.push_back(ends.back());
  axis.edges = std::make_shared<const std::vector<double>>(std::move(edges));
  std::erase_if(axis.attributes, [](const Attribute& attribute) { return attribute.name == "bounds"; });
}

}  // namespace tessera::hdf5
