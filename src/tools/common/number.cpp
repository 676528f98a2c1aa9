#include "tools/common/number.hpp"

#include <array>
#include <charconv>

namespace tessera::tools {

namespace {

std::string filter_name(const Filter& filter) {
  switch (filter.number) {
    case 1: return filter.parameters.empty() ? "deflate" : "deflate " + std::to_string(filter.parameters[0]);
    case 2: return "shuffle";
    case 3: return "fletcher32";
    case 4: return "szip";
    case 5: return "nbit";
    case 6: return "scaleoffset";
    default: return "filter " + std::to_string(filter.number);
  }
}

std::string label_on(const TensorAxis& axis, std::int64_t number) {
  return axis.names.empty() ? std::to_string(number) : axis.names.at(static_cast<std::size_t>(number));
}

}  // namespace

std::string rounded(double value, int digits) {
  std::array<char, 40> buffer{};
  const auto result =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::general, digits);
  return {buffer.data(), result.ptr};
}

std::string extents_text(const Index& extents) {
  std::string text;
  for (const std::int64_t extent : extents) text += (text.empty() ? "" : " x ") + std::to_string(extent);
  return text;
}

std::string axis_label(const schema::Field& field, std::size_t axis) {
  const std::string& name = field.axes[axis].name;
  return name.empty() ? "axis_" + std::to_string(axis) : name;
}

std::string component_label(const schema::Field& field, std::int64_t component) {
  if (field.tensor_axes.size() == 2) {
    const TensorAxis& column = field.tensor_axes[1];
    return label_on(field.tensor_axes[0], component / column.length) + "," +
           label_on(column, component % column.length);
  }
  return field.component_names.empty() ? std::to_string(component)
                                       : field.component_names.at(static_cast<std::size_t>(component));
}

std::vector<DatasetAxis> axes_of(const schema::StoredField& stored) {
  std::vector<DatasetAxis> axes;
  if (stored.field.time_dependent) axes.push_back({stored.field.time_axis, stored.steps});
  for (std::size_t axis = 0; axis < stored.field.axes.size(); ++axis) {
    axes.push_back({axis_label(stored.field, axis), stored.field.axes[axis].length});
  }
  if (!stored.field.tensor_axes.empty()) {
    for (const TensorAxis& axis : stored.field.tensor_axes) axes.push_back({axis.name, axis.length});
  } else if (stored.field.components > 1) {
    axes.push_back({stored.field.component_axis, stored.field.components});
  }
  return axes;
}

std::string filters_text(const std::vector<Filter>& filters) {
  std::string text;
  for (const Filter& filter : filters) text += (text.empty() ? "" : ", ") + filter_name(filter);
  return text;
}

}  // namespace tessera::tools
