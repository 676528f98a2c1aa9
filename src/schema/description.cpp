#include "schema/description.hpp"

#include <cmath>

#include <tessera/box.hpp>
#include <tessera/error.hpp>

#include "base/names.hpp"
#include "base/text.hpp"

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

std::int64_t Field::cell_bytes() const { return components * static_cast<std::int64_t>(size_of(stored)); }

std::string join(const std::string& group, const std::string& member) {
  return group == "/" ? "/" + member : group + "/" + member;
}

std::vector<Axis> axes_of(const Grid& grid, Location location) {
  check_shape(grid.shape);
  const std::size_t count = grid.shape.size();
  const auto names = axis_names(grid.options, count);
  const auto units = axis_units(grid.options, count);
  const auto spacing = per_axis(grid.options.spacing, count, 1, "spacing");
  const auto origin = per_axis(grid.options.origin, count, 0, "origin");
  std::vector<Axis> axes;
  for (std::size_t i = 0; i < count; ++i) {
    if (spacing[i] == 0) refuse("has a spacing of 0; coordinates have to differ");
    Axis axis{names[i], grid.shape[i], origin[i], spacing[i], units[i]};
    if (location == Location::cell) {
      axis.name += "_cell";
      if (axis.length > 1) {
        axis.length -= 1;
        axis.origin += spacing[i] / 2;
      }
    }
    axes.push_back(axis);
  }
  return axes;
}

Axis component_axis(std::int64_t components) {
  Axis axis{"component_" + std::to_string(components), components};
  axis.has_coordinates = false;
  return axis;
}

}  // namespace tessera::schema
