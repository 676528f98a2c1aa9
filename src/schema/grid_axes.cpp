#include "schema/grid_axes.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <tessera/box.hpp>
#include <tessera/error.hpp>

#include "base/text.hpp"
#include "schema/names.hpp"

namespace tessera::schema {

namespace {

constexpr std::size_t max_grid_axes = 4;

[[noreturn]] void refuse_count(std::size_t axes, std::size_t count, const std::string& what, const char* remedy) {
  refuse_grid("has " + std::to_string(axes) + " axes but " + std::to_string(count) + " " + what + "; give " + remedy);
}

/// One value per axis from none (the default), one (for all) or as many as there are axes.
std::vector<double> per_axis(const std::vector<double>& values, std::size_t axes, double otherwise, const char* what) {
  if (values.empty()) return std::vector<double>(axes, otherwise);
  if (values.size() != 1 && values.size() != axes)
    refuse_count(axes, values.size(), std::string("values of ") + what, "one value, or one per axis");
  for (const double value : values) {
    if (!std::isfinite(value)) refuse_grid(std::string("has a value of ") + what + " that is not finite");
  }
  return values.size() == axes ? values : std::vector<double>(axes, values.front());
}

std::vector<std::string> axis_names(const GridOptions& options, std::size_t axes) {
  static const std::vector<std::string> usual{"w", "z", "y", "x"};
  if (options.axes.empty()) return {usual.end() - static_cast<std::ptrdiff_t>(axes), usual.end()};
  if (options.axes.size() != axes) refuse_count(axes, options.axes.size(), "axis names", "one per axis");
  for (std::size_t i = 0; i < axes; ++i) {
    check_name("axis", options.axes[i]);
    for (std::size_t k = 0; k < i; ++k) {
      if (options.axes[i] == options.axes[k]) refuse_grid("has two axes named " + in_quotes(options.axes[i]));
    }
  }
  return options.axes;
}

std::vector<std::string> axis_units(const GridOptions& options, std::size_t axes) {
  if (options.units.empty()) return std::vector<std::string>(axes, options.unit);
  if (options.units.size() != axes) refuse_count(axes, options.units.size(), "units", "one per axis");
  return options.units;
}

std::vector<Attributes> axis_attributes(const GridOptions& options, std::size_t axes) {
  if (options.attributes.empty()) return std::vector<Attributes>(axes);
  if (options.attributes.size() != axes) {
    refuse_count(axes, options.attributes.size(), "lists of attributes", "one per axis, {} where there are none");
  }
  return options.attributes;
}

void check_coordinates_count(const GridOptions& options, std::size_t axes) {
  const std::size_t count = options.coordinates.size();
  if (count > 1 && count != axes) refuse_count(axes, count, "kinds of coordinates", "one, or one per axis");
}

const Coordinates& coordinates_of(const GridOptions& options, std::size_t axis) {
  static const Coordinates uniform;
  static const Coordinates none = Coordinates::none();
  if (options.coordinates.empty()) return options.places.empty() ? uniform : none;
  return options.coordinates[options.coordinates.size() == 1 ? 0 : axis];
}

std::vector<bool> periodic_axes(const GridOptions& options, std::size_t axes) {
  std::vector<bool> result(axes);
  for (const std::int64_t axis : options.periodic) {
    if (axis < 0 || axis >= static_cast<std::int64_t>(axes)) {
      refuse_grid("has " + std::to_string(axes) + " axes, so number " + std::to_string(axis) +
                  " cannot be periodic; they count from 0");
    }
    result[static_cast<std::size_t>(axis)] = true;
  }
  return result;
}

void check_shape(const Index& shape) {
  if (shape.empty() || shape.size() > max_grid_axes) {
    refuse_grid("has " + std::to_string(shape.size()) + " axes; 1 to 4 are possible");
  }
  double cells = 1;
  for (const std::int64_t extent : shape) {
    if (extent < 1) refuse_grid("has the shape " + to_string(shape) + "; every extent has to be at least 1");
    cells *= static_cast<double>(extent);
  }
  if (cells > 0x1p60) refuse_grid("has the shape " + to_string(shape) + ", more points than a file can hold");
}

/// A location by its name needs that axis: of an edge the one along it, of a face the one across it.
void check_location(Location location, std::size_t axes) {
  const auto bits = static_cast<unsigned>(location);
  const unsigned beyond = bits >> axes;
  const bool names_none = beyond == 0 || beyond == 15u >> axes;
  if (names_none) return;
  refuse_grid("has " + std::to_string(axes) + (axes == 1 ? " axis" : " axes") +
              ", and the location of the field is one of a grid with more (x is the last axis, y the one before it)");
}

bool is_cell(Location location, std::size_t axes, std::size_t axis) {
  return (static_cast<unsigned>(location) >> (axes - 1 - axis) & 1) != 0;
}

std::string needed_text(const std::string& name, std::int64_t points, bool is_periodic) {
  const std::string text =
      "axis " + in_quotes(name) + " needs " + std::to_string(points + is_periodic) + " coordinates";
  return is_periodic ? text + ", one per point and the end, where the first point comes again"
                     : text + ", one per point";
}

/// One per point, and the end of a periodic axis.
void check_axis_values(const std::vector<double>& values, const std::string& name, std::int64_t points,
                       bool is_periodic) {
  if (std::ssize(values) != points + is_periodic)
    refuse_grid("has " + std::to_string(values.size()) + " coordinates, and its " +
                needed_text(name, points, is_periodic));
  if (std::ssize(values) > max_coordinates) {
    refuse_grid("has " + std::to_string(values.size()) + " coordinates along its axis " + in_quotes(name) + "; up to " +
                std::to_string(max_coordinates) +
                " are possible: put them as a static field on an axis with Coordinates::none()");
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string what = "has the coordinate " + exact(values[i]) + " at number " + std::to_string(i) +
                             " of its axis " + in_quotes(name);
    if (!std::isfinite(values[i])) refuse_grid(what + ", which is not finite");
    if (i == 0) continue;
    const bool rises = values[1] > values[0];
    if (rises ? values[i] > values[i - 1] : values[i] < values[i - 1]) continue;
    refuse_grid(what + " behind " + exact(values[i - 1]) +
                "; they have to increase from each to the next, or to decrease");
  }
}

/// The middle between two edges each. The sum of two large ones would overflow.
std::vector<double> centres_of(const std::vector<double>& edges) {
  std::vector<double> centres;
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) centres.push_back(0.5 * edges[i] + 0.5 * edges[i + 1]);
  return centres;
}

void set_values(Axis& axis, std::vector<double> points, bool in_cells) {
  const auto shared = [](std::vector<double> values) {
    return std::make_shared<const std::vector<double>>(std::move(values));
  };
  axis.origin = points.front();
  if (in_cells && points.size() > 1) {
    axis.edges = shared(std::move(points));
    axis.values = shared(centres_of(*axis.edges));
  } else {
    points.resize(static_cast<std::size_t>(axis.length));  // without the end of a periodic axis
    axis.values = shared(std::move(points));
  }
}

/// Points become cells.
void set_cells(Axis& axis, bool is_periodic) {
  axis.name += "_cell";
  if (axis.length == 1 && !is_periodic) return;
  if (!is_periodic) axis.length -= 1;
  axis.shift = 0.5;
}

}  // namespace

void refuse_grid(const std::string& why) { throw Error(ErrorCode::invalid_argument, "the grid " + why); }

bool has_values(const Grid& grid) {
  return has_values_of_rank_0(grid) ||
         std::ranges::count(grid.options.coordinates, Coordinates::Kind::values, &Coordinates::kind) > 0;
}

bool has_values_of_rank_0(const Grid& grid) {
  return std::ranges::count(grid.options.coordinates, Coordinates::Kind::values_of_rank_0, &Coordinates::kind) > 0;
}

void check_values(const Grid& grid, bool is_rank_0) {
  check_shape(grid.shape);
  const std::size_t count = grid.shape.size();
  const auto names = axis_names(grid.options, count);
  const auto is_periodic = periodic_axes(grid.options, count);
  check_coordinates_count(grid.options, count);
  for (std::size_t i = 0; i < count; ++i) {
    const Coordinates& coordinates = coordinates_of(grid.options, i);
    const Coordinates::Kind kind = coordinates.kind();
    const bool is_given =
        kind == Coordinates::Kind::values || (is_rank_0 && kind == Coordinates::Kind::values_of_rank_0);
    if (is_given) check_axis_values(coordinates.values(), names[i], grid.shape[i], is_periodic[i]);
  }
}

std::vector<Axis> axes_of(const Grid& grid, Location location) {
  check_values(grid, true);
  const std::size_t count = grid.shape.size();
  check_location(location, count);
  const auto names = axis_names(grid.options, count);
  const auto units = axis_units(grid.options, count);
  const auto attributes = axis_attributes(grid.options, count);
  const auto spacing = per_axis(grid.options.spacing, count, 1, "spacing");
  const auto origin = per_axis(grid.options.origin, count, 0, "origin");
  const auto is_periodic = periodic_axes(grid.options, count);
  std::vector<Axis> axes;
  for (std::size_t i = 0; i < count; ++i) {
    if (spacing[i] == 0) refuse_grid("has a spacing of 0; coordinates have to differ");
    Axis axis{names[i], grid.shape[i], origin[i], spacing[i], 0, units[i], attributes[i], true, {}, {}};
    const bool in_cells = is_cell(location, count, i);
    if (in_cells) set_cells(axis, is_periodic[i]);
    const Coordinates& coordinates = coordinates_of(grid.options, i);
    if (coordinates.kind() == Coordinates::Kind::none) {
      if (!axis.attributes.empty()) {
        refuse_grid("has attributes for its axis " + in_quotes(names[i]) + ", which has no coordinates to have them");
      }
      axis.has_coordinates = false;
      axis.origin = 0;
      axis.spacing = 1;
      axis.unit.clear();
    } else if (coordinates.kind() != Coordinates::Kind::uniform) {
      set_values(axis, coordinates.values(), in_cells);
    }
    axes.push_back(std::move(axis));
  }
  return axes;
}

}  // namespace tessera::schema
