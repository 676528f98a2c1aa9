#include "schema/layout.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <string_view>
#include <utility>

#include <tessera/config.hpp>

#include "base/visit_element.hpp"
#include "schema/table.hpp"
#include "schema/tensor_axes.hpp"

namespace tessera::schema {

namespace {

/// What Tessera itself says in words that the netCDF or CF conventions define.
void set_text(Operations& operations, const std::string& path, const char* name, const std::string& text) {
  if (!text.empty()) operations.push_back(SetAttribute{path, name, text, TextForm::fixed});
}

/// The user's attributes of a group.
void set_all(Operations& operations, const std::string& path, const Attributes& attributes) {
  for (const Attribute& attribute : attributes) {
    operations.push_back(SetAttribute{path, attribute.name, attribute.value});
  }
}

/// Text by which programs that read variables through netCDF's interface know what these are: CF-1.10, appendix A, what
/// is said of data and coordinates, and UGRID-1.0.
bool is_known_of_variables(const std::string& name) {
  constexpr std::array<std::string_view, 35> names{"ancillary_variables",
                                                   "axis",
                                                   "bounds",
                                                   "calendar",
                                                   "cf_role",
                                                   "cell_measures",
                                                   "cell_methods",
                                                   "climatology",
                                                   "comment",
                                                   "compress",
                                                   "coordinates",
                                                   "edge_node_connectivity",
                                                   "face_node_connectivity",
                                                   "flag_meanings",
                                                   "formula_terms",
                                                   "geometry",
                                                   "grid_mapping",
                                                   "grid_mapping_name",
                                                   "institution",
                                                   "location",
                                                   "long_name",
                                                   "mesh",
                                                   "node_coordinates",
                                                   "nodes",
                                                   "positive",
                                                   "references",
                                                   "sample_dimension",
                                                   "source",
                                                   "standard_name",
                                                   "standard_error_multiplier",
                                                   "title",
                                                   "units",
                                                   "units_metadata",
                                                   "volume_node_connectivity",
                                                   "volume_shape_type"};
  return std::ranges::find(names, name) != names.end();
}

/// Values by which CF names those of a variable are of its type (CF-1.10, 3.5). Nothing where they do not fit in it.
std::vector<std::byte> flags_as(const Attribute& attribute, DataType type) {
  const auto* values = std::get_if<std::vector<std::int32_t>>(&attribute.value.storage());
  if (values == nullptr || (attribute.name != "flag_values" && attribute.name != "flag_masks")) return {};
  std::vector<std::byte> bytes;
  visit_element(type, [&](auto element) {
    using T = typename decltype(element)::type;
    if constexpr (std::is_integral_v<T>) {
      if (!std::ranges::all_of(*values, [](std::int32_t value) { return std::in_range<T>(value); })) return;
      for (const std::int32_t value : *values) {
        const auto flag = static_cast<T>(value);
        const auto* first = reinterpret_cast<const std::byte*>(&flag);
        bytes.insert(bytes.end(), first, first + sizeof flag);
      }
    }
  });
  return bytes;
}

/// The user's attributes of a dataset.
void set_all_of_variable(Operations& operations, const std::string& path, const Attributes& attributes,
                         DataType type = DataType::float64) {
  for (const Attribute& attribute : attributes) {
    if (auto flags = flags_as(attribute, type); !flags.empty()) {
      operations.push_back(SetElementAttribute{path, attribute.name, type, std::move(flags)});
      continue;
    }
    const TextForm form = is_known_of_variables(attribute.name) ? TextForm::fixed : TextForm::variable;
    operations.push_back(SetAttribute{path, attribute.name, attribute.value, form});
  }
}

/// NAME of a dimension scale that is no variable (netCDF-4 format specification, "dimensions without variables").
std::string no_variable_name(std::int64_t length) {
  std::array<char, 80> text{};
  std::snprintf(text.data(), text.size(), "This is a netCDF dimension but not a netCDF variable.%10lld",
                static_cast<long long>(length));
  return text.data();
}

void make_dimension(Operations& operations, const std::string& path, const std::string& name, std::int32_t id) {
  operations.push_back(MakeScale{path, name});
  operations.push_back(SetAttribute{path, "_Netcdf4Dimid", id});
}

std::vector<std::byte> bytes_of(double value) {
  std::vector<std::byte> bytes(sizeof value);
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

/// Shape and chunk of a field's dataset: (time,) grid (, components, of tensors on two axes). \param rows that a column
/// of a table has
CreateDataset dataset_of(const Field& field, std::int64_t steps, std::int64_t rows) {
  CreateDataset dataset;
  dataset.path = field.path;
  dataset.type = field.stored;
  dataset.unlimited = field.time_dependent || !field.table.empty();
  dataset.codec = *field.codec;
  if (field.fill) dataset.fill = *field.fill;
  if (field.time_dependent) {
    dataset.shape.push_back(steps);
    dataset.chunk.push_back(field.chunk_steps);
  }
  for (std::size_t i = 0; i < field.axes.size(); ++i) {
    dataset.shape.push_back(field.table.empty() ? field.axes[i].length : rows);
    dataset.chunk.push_back(field.chunk[i]);
  }
  for (const std::int64_t extent : field.component_extents()) {
    dataset.shape.push_back(extent);
    dataset.chunk.push_back(extent);
  }
  return dataset;
}

void attach_axes(Operations& operations, const std::string& group, const Field& field) {
  AttachScales attach{field.path, {}};
  if (field.time_dependent) attach.scales.push_back(join(group, field.time_axis));
  for (const Axis& axis : field.all_axes()) attach.scales.push_back(join(group, axis.name));
  operations.push_back(std::move(attach));
}

}  // namespace

Operations create_root(const std::string& history, const Attributes& attributes) {
  Operations operations;
  set_text(operations, "/", "Conventions", first_convention);
  operations.push_back(SetAttribute{"/", "creator", std::string("Tessera " TESSERA_VERSION_STRING)});
  set_text(operations, "/", "history", history);
  set_all(operations, "/", attributes);
  return operations;
}

Operations create_run(const Run& run, const Attributes& parameters) {
  Operations operations;
  if (run.path != "/") operations.push_back(CreateGroup{run.path});
  set_all(operations, run.path, parameters);
  return operations;
}

std::int64_t series_chunk(std::int64_t runs, std::int64_t longest) {
  constexpr std::int64_t usual = 512;
  constexpr std::int64_t many_runs = 8;
  if (runs < many_runs || longest >= usual / 2) return usual;
  return std::max(least_series_chunk,
                  static_cast<std::int64_t>(std::bit_ceil(2 * static_cast<std::uint64_t>(longest))));
}

Operations create_time(const Run& run, std::int64_t steps, std::int32_t dimension_id, std::int64_t chunk,
                       const std::string& name) {
  Operations operations;
  const std::string path = join(run.path, name);
  operations.push_back(CreateDataset{path, DataType::float64, {steps}, true, {chunk}, Codec::none(), {}});
  make_dimension(operations, path, name, dimension_id);
  set_text(operations, path, "units", run.options.time_unit);
  if (name != time_of_steps) set_text(operations, path, steps_among, time_of_steps);
  const Attributes& attributes = run.options.time_attributes;
  if (!std::ranges::count(attributes, "axis", &Attribute::name)) set_text(operations, path, "axis", "T");
  set_all_of_variable(operations, path, attributes);
  return operations;
}

Operations create_dimension(const std::string& path, std::int64_t length, std::int32_t dimension_id) {
  Operations operations{CreateDataset{path, DataType::float32, {length}, false, {}, Codec::none(), {}}};
  make_dimension(operations, path, no_variable_name(length), dimension_id);
  return operations;
}

Operations create_mapping(const std::string& group, const GridMapping& mapping) {
  const std::string path = join(group, mapping.name);
  Operations operations{CreateDataset{path, DataType::int32, {}, false, {}, Codec::none(), {}}};
  set_all_of_variable(operations, path, mapping.attributes);
  return operations;
}

namespace {

/// A dimension that is no variable: without coordinates, or with too many to be written.
Operations create_bare_axis(const std::string& path, const Axis& axis, std::int32_t dimension_id) {
  // One byte a point where they are many: under MPI HDF5 keeps space for them, as a hole.
  const DataType type = axis.length > max_coordinates ? DataType::int8 : DataType::float32;
  constexpr std::int64_t chunk_that_is_never_written = 4096;
  const Index chunk = axis.grows ? Index{chunk_that_is_never_written} : Index();
  // Parallel HDF5 keeps space for chunks that have no filter.
  const Codec codec = axis.grows ? Codec{.level = 1} : Codec::none();
  Operations operations{CreateDataset{path, type, {axis.length}, axis.grows, chunk, codec, {}}};
  make_dimension(operations, path, no_variable_name(axis.length), dimension_id);
  if (!axis.has_coordinates) return operations;
  operations.push_back(SetAttribute{path, "origin", axis.coordinate(0)});
  operations.push_back(SetAttribute{path, "spacing", axis.spacing});
  set_text(operations, path, "units", axis.unit);
  set_all_of_variable(operations, path, axis.attributes);
  return operations;
}

/// Both ends of each cell, CF-1.10, 7.1.
void add_bounds(Operations& operations, const std::string& group, const Axis& axis) {
  const std::string path = join(group, axis.bounds_name());
  operations.push_back(CreateDataset{path, DataType::float64, {axis.length, 2}, false, {}, Codec::none(), {}});
  operations.push_back(AttachScales{path, {join(group, axis.name), join(group, component_axis(2).name)}});
  std::vector<double> ends;
  for (std::size_t i = 0; i + 1 < axis.edges->size(); ++i) {
    ends.insert(ends.end(), {(*axis.edges)[i], (*axis.edges)[i + 1]});
  }
  operations.push_back(WriteValues{path, 0, std::move(ends), 2});
}

}  // namespace

namespace {

/// A coordinate of texts. Of fixed length netCDF-C 4.9 crashes on them.
Operations create_axis_of_texts(const std::string& path, const Axis& axis, std::int32_t dimension_id) {
  CreateDataset dataset{path, DataType::int8, {axis.length}, false, {}, Codec::none(), {}};
  dataset.is_text = true;
  Operations operations{std::move(dataset)};
  make_dimension(operations, path, axis.name, dimension_id);
  set_text(operations, path, "long_name", names_of_components);
  operations.push_back(WriteTexts{path, axis.texts});
  return operations;
}

}  // namespace

Operations create_axis(const std::string& group, const Axis& axis, std::int32_t dimension_id) {
  const std::string path = join(group, axis.name);
  if (!axis.texts.empty()) return create_axis_of_texts(path, axis, dimension_id);
  if (!axis.has_coordinates || axis.length > max_coordinates) return create_bare_axis(path, axis, dimension_id);
  Operations operations;
  operations.push_back(CreateDataset{path, DataType::float64, {axis.length}, false, {}, Codec::none(), {}});
  make_dimension(operations, path, axis.name, dimension_id);
  set_text(operations, path, "units", axis.unit);
  if (axis.edges) set_text(operations, path, "bounds", axis.bounds_name());
  set_all_of_variable(operations, path, axis.attributes);
  std::vector<double> values(static_cast<std::size_t>(axis.length));
  for (std::int64_t i = 0; i < axis.length; ++i) values[static_cast<std::size_t>(i)] = axis.coordinate(i);
  operations.push_back(WriteValues{path, 0, std::move(values)});
  if (axis.edges) add_bounds(operations, group, axis);
  return operations;
}

Operations create_field(const std::string& group, const Field& field, std::int64_t steps, std::int64_t rows) {
  Operations operations;
  operations.push_back(dataset_of(field, steps, rows));
  attach_axes(operations, group, field);
  if (field.fill) {
    operations.push_back(SetElementAttribute{field.path, "_FillValue", field.stored, *field.fill});
  }
  if (!field.table.empty()) operations.push_back(SetAttribute{field.path, rows_of, field.table, TextForm::fixed});
  if (!field.tensor_axes.empty()) set_text(operations, field.path, tensor_axes_of, names_of_tensor_axes(field));
  for (const TextOption& option : text_options) {
    set_text(operations, field.path, option.attribute, field.*option.text);
  }
  set_all_of_variable(operations, field.path, field.attributes, field.stored);
  return operations;
}

Operations create_scalar(const std::string& group, const std::string& name, const ScalarOptions& options,
                         std::int64_t steps, std::int64_t chunk) {
  Operations operations;
  const std::string path = join(group, name);
  const auto missing = bytes_of(std::numeric_limits<double>::quiet_NaN());
  operations.push_back(CreateDataset{path, DataType::float64, {steps}, true, {chunk}, Codec::none(), missing});
  operations.push_back(AttachScales{path, {join(group, options.time_axis)}});
  operations.push_back(SetElementAttribute{path, "_FillValue", DataType::float64, missing});
  set_text(operations, path, "units", options.unit);
  set_text(operations, path, "long_name", options.long_name);
  return operations;
}

}  // namespace tessera::schema
