#include "schema/description.hpp"

#include "base/convert.hpp"
#include "base/extents.hpp"
#include "schema/field_rules.hpp"
#include "schema/tensor_axes.hpp"

namespace tessera::schema {

Index Field::shape() const {
  Index result;
  for (const Axis& axis : axes) result.push_back(axis.length);
  return result;
}

std::vector<Axis> Field::all_axes() const {
  std::vector<Axis> all = axes;
  for (Axis& axis : component_axes()) all.push_back(std::move(axis));
  return all;
}

std::vector<Axis> Field::component_axes() const {
  if (components <= 1) return {};
  std::vector<Axis> result;
  for (const TensorAxis& one : tensor_axes) {
    Axis axis = schema::component_axis(one.length);
    axis.name = one.name;
    axis.texts = one.names;
    result.push_back(std::move(axis));
  }
  if (!result.empty()) return result;
  Axis axis = schema::component_axis(components);
  if (component_names.empty()) return {std::move(axis)};
  axis.name = component_axis;
  axis.texts = component_names;
  return {std::move(axis)};
}

Index Field::component_extents() const {
  Index extents;
  for (const TensorAxis& one : tensor_axes) extents.push_back(one.length);
  if (components > 1 && extents.empty()) extents.push_back(components);
  return extents;
}

std::int64_t Field::cell_bytes() const { return components * static_cast<std::int64_t>(size_of(stored)); }

SpanningChunk Field::spanning_chunk() const {
  const std::int64_t bytes = bytes_of(shape(), cell_bytes());
  return {chunk_steps, bytes, stored, *codec, fill.value_or(detail::ElementBytes())};
}

std::string join(const std::string& group, const std::string& member) {
  return group == "/" ? "/" + member : group + "/" + member;
}

Field describe(const Run& run, const std::string& name, const Grid& grid, const detail::FieldRequest& request,
               const Codec& default_codec) {
  return describe(run, name, axes_of(grid, request.options.location), request, default_codec);
}

Field describe(const Run& run, const std::string& name, std::vector<Axis> axes, const detail::FieldRequest& request,
               const Codec& default_codec) {
  Field field{request.options};
  field.name = name;
  field.run = run.name;
  field.path = join(run.path, name);
  field.given = field.stored = request.type;
  const bool is_floating = detail::element_type(field.given).is_floating;
  if (field.precision == Precision::single && field.given == DataType::float64) field.stored = DataType::float32;
  if (field.precision == Precision::half && is_floating) field.stored = DataType::float16;
  if (field.precision == Precision::bfloat16 && is_floating) field.stored = DataType::bfloat16;
  complete_tensor_axes(field);
  if (field.tensor_axes.empty()) field.components = components_of(request.options);
  field.axes = std::move(axes);
  if (field.time_dependent && field.chunk.size() == field.axes.size() + 1) {
    field.chunk_steps = field.chunk[0];
    field.chunk = {};
    for (std::size_t axis = 0; axis < field.axes.size(); ++axis) field.chunk.push_back(request.options.chunk[axis + 1]);
  }
  if (field.fill) field.fill = converted(*field.fill, field.given, field.stored);
  if (!field.codec) field.codec = default_codec;
  return field;
}

}  // namespace tessera::schema
