#include "schema/description.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include <tessera/box.hpp>
#include <tessera/error.hpp>

#include "base/convert.hpp"
#include "base/text.hpp"
#include "schema/attributes.hpp"
#include "schema/names.hpp"

namespace tessera::schema {

namespace {

constexpr std::size_t max_grid_axes = 4;

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_argument, "the grid " + why); }

/// One value per axis from none (the default), one (for all) or as many as there are axes.
std::vector<double> per_axis(const std::vector<double>& values, std::size_t axes, double otherwise, const char* what) {
  if (values.empty()) return std::vector<double>(axes, otherwise);
  if (values.size() != 1 && values.size() != axes) {
    refuse("has " + std::to_string(axes) + " axes but " + std::to_string(values.size()) + " values of " + what +
           "; give one value, or one per axis");
  }
  for (const double value : values) {
    if (!std::isfinite(value)) refuse(std::string("has a value of ") + what + " that is not finite");
  }
  return values.size() == axes ? values : std::vector<double>(axes, values.front());
}

std::vector<std::string> axis_names(const GridOptions& options, std::size_t axes) {
  static const std::vector<std::string> usual{"w", "z", "y", "x"};
  if (options.axes.empty()) return {usual.end() - static_cast<std::ptrdiff_t>(axes), usual.end()};
  if (options.axes.size() != axes) {
    refuse("has " + std::to_string(axes) + " axes but " + std::to_string(options.axes.size()) +
           " axis names; give one per axis");
  }
  for (std::size_t i = 0; i < axes; ++i) {
    check_name("axis", options.axes[i]);
    for (std::size_t k = 0; k < i; ++k) {
      if (options.axes[i] == options.axes[k]) refuse("has two axes named " + in_quotes(options.axes[i]));
    }
  }
  return options.axes;
}

std::vector<std::string> axis_units(const GridOptions& options, std::size_t axes) {
  if (options.units.empty()) return std::vector<std::string>(axes, options.unit);
  if (options.units.size() != axes) {
    refuse("has " + std::to_string(axes) + " axes but " + std::to_string(options.units.size()) +
           " units; give one per axis");
  }
  return options.units;
}

std::vector<Attributes> axis_attributes(const GridOptions& options, std::size_t axes) {
  if (options.attributes.empty()) return std::vector<Attributes>(axes);
  if (options.attributes.size() != axes) {
    refuse("has " + std::to_string(axes) + " axes but " + std::to_string(options.attributes.size()) +
           " lists of attributes; give one per axis, {} where there are none");
  }
  return options.attributes;
}

/// Whether two coordinates of axes with this spacing are the same but for rounding.
bool is_close(double a, double b, double spacing) {
  constexpr double rounding = 8 * std::numeric_limits<double>::epsilon();
  const double tolerance = std::max(1e-6 * std::abs(spacing), rounding * std::max(std::abs(a), std::abs(b)));
  return std::abs(a - b) <= std::min(tolerance, std::abs(spacing) / 4);
}

void check_shape(const Index& shape) {
  if (shape.empty() || shape.size() > max_grid_axes) {
    refuse("has " + std::to_string(shape.size()) + " axes; 1 to 4 are possible");
  }
  double cells = 1;
  for (const std::int64_t extent : shape) {
    if (extent < 1) refuse("has the shape " + to_string(shape) + "; every extent has to be at least 1");
    cells *= static_cast<double>(extent);
  }
  if (cells > 0x1p60) refuse("has the shape " + to_string(shape) + ", more points than a file can hold");
}

}  // namespace

Index Field::shape() const {
  Index result;
  for (const Axis& axis : axes) result.push_back(axis.length);
  return result;
}

std::vector<Axis> Field::all_axes() const {
  std::vector<Axis> all = axes;
  if (components > 1) all.push_back(component_axis(components));
  return all;
}

std::int64_t Field::cell_bytes() const { return components * static_cast<std::int64_t>(size_of(stored)); }

std::string join(const std::string& group, const std::string& member) {
  return group == "/" ? "/" + member : group + "/" + member;
}

std::vector<Axis> axes_of(const Grid& grid, Location location) {
  check_shape(grid.shape);
  const std::size_t count = grid.shape.size();
  const auto names = axis_names(grid.options, count);
  const auto units = axis_units(grid.options, count);
  const auto attributes = axis_attributes(grid.options, count);
  const auto spacing = per_axis(grid.options.spacing, count, 1, "spacing");
  const auto origin = per_axis(grid.options.origin, count, 0, "origin");
  std::vector<Axis> axes;
  for (std::size_t i = 0; i < count; ++i) {
    if (spacing[i] == 0) refuse("has a spacing of 0; coordinates have to differ");
    Axis axis{names[i], grid.shape[i], origin[i], spacing[i], 0, units[i], attributes[i]};
    if (location == Location::cell) {
      axis.name += "_cell";
      if (axis.length > 1) {
        axis.length -= 1;
        axis.shift = 0.5;
      }
    }
    axes.push_back(std::move(axis));
  }
  return axes;
}

std::string difference(const Axis& there, const Axis& asked) {
  const auto differ = [](const std::string& what, const std::string& one, const std::string& other) {
    return what + " is " + one + " there and " + other + " here";
  };
  if (there.length != asked.length)
    return differ("its length", std::to_string(there.length), std::to_string(asked.length));
  if (there.has_coordinates != asked.has_coordinates) return "one of them has no coordinates";
  if (there.unit != asked.unit) return differ("its unit", in_quotes(there.unit), in_quotes(asked.unit));
  if (!are_same(there.attributes, asked.attributes)) return "its attributes differ";
  for (const std::int64_t number : {std::int64_t{0}, there.length - 1}) {
    const double one = there.coordinate(number);
    const double other = asked.coordinate(number);
    if (is_close(one, other, there.spacing)) continue;
    return differ("its coordinate " + std::to_string(number), exact(one), exact(other));
  }
  return {};
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
  if (field.precision == Precision::single && request.type == DataType::float64) field.stored = DataType::float32;
  field.axes = std::move(axes);
  if (field.fill) field.fill = converted(*field.fill, field.given, field.stored);
  if (!field.codec) field.codec = default_codec;
  return field;
}

Axis component_axis(std::int64_t components) {
  Axis axis;
  axis.name = "component_" + std::to_string(components);
  axis.length = components;
  axis.has_coordinates = false;
  return axis;
}

}  // namespace tessera::schema
