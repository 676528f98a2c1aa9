#include "paraview/scene_grid.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace tessera::paraview {

namespace {

constexpr std::string_view of_cells = "_cell";

bool is_cell_axis(const schema::Axis& axis) { return axis.name.ends_with(of_cells); }

/// Gives the axis its coordinates; those at equal distances, too, as the caller may have given them one by one.
void set_points(SceneAxis& axis, const schema::SharedValues& values) {
  if (!values) return;
  schema::Axis points;
  set_coordinates(points, *values);
  axis.origin = points.origin;
  axis.spacing = points.spacing;
  axis.values = points.values;
}

/// The points around cells. One cell of a file may be between two points, or on an only one; `shift` tells, where this
/// program has made the axis.
SceneAxis points_around(const schema::Axis& cells) {
  SceneAxis axis{cells.name.substr(0, cells.name.size() - of_cells.size()), cells.length, cells.coordinate(0), 1, {}};
  if (cells.length == 1 && cells.shift == 0 && !cells.edges) return axis;
  axis.points += 1;
  axis.spacing = cells.spacing;
  axis.origin -= cells.spacing / 2;
  if (cells.shift != 0 || !cells.has_coordinates) axis.origin = cells.origin;
  set_points(axis, cells.edges);
  return axis;
}

SceneAxis points_on(const schema::Axis& points, const schema::Field& field) {
  SceneAxis axis{points.name, points.length, points.coordinate(0), points.length > 1 ? points.spacing : 1, {}};
  set_points(axis, points.values);
  const bool is_in_file = points.has_coordinates && points.length <= schema::max_coordinates;
  if (is_in_file) axis.path = field.path.substr(0, field.path.rfind('/') + 1) + points.name;
  return axis;
}

}  // namespace

Location location_in_file(const schema::Field& field) {
  return std::ranges::all_of(field.axes, is_cell_axis) ? Location::cell : Location::point;
}

std::vector<SceneAxis> points_of(const Candidate& candidate) {
  std::vector<SceneAxis> axes;
  for (const schema::Axis& axis : candidate.field->axes) {
    axes.push_back(candidate.location == Location::cell ? points_around(axis) : points_on(axis, *candidate.field));
  }
  return axes;
}

bool lacks_points(const Candidate& candidate) {
  return candidate.location == Location::cell && std::ranges::any_of(candidate.field->axes, [](const auto& axis) {
           return axis.values != nullptr && axis.edges == nullptr && axis.length > 1;
         });
}

bool are_same(const std::vector<SceneAxis>& grid, const std::vector<SceneAxis>& axes, Location location) {
  if (grid.size() != axes.size()) return false;
  for (std::size_t i = 0; i < grid.size(); ++i) {
    const bool fits = location == Location::cell && axes[i].points <= 2 && grid[i].points <= 2;
    if (grid[i].name != axes[i].name || (grid[i].points != axes[i].points && !fits)) return false;
  }
  return true;
}

std::vector<SceneAxis> grid_of(const std::vector<Candidate>& fields) {
  std::vector<SceneAxis> best;
  std::ptrdiff_t most = 0;
  for (const Location location : {Location::point, Location::cell}) {
    for (const Candidate& candidate : fields) {
      if (candidate.location != location || candidate.field->axes.size() > most_axes) continue;
      if (lacks_points(candidate)) continue;
      auto grid = points_of(candidate);
      const auto count = std::ranges::count_if(fields, [&](const Candidate& other) {
        return are_same(grid, points_of(other), other.location);
      });
      if (count <= most) continue;
      most = count;
      best = std::move(grid);
    }
  }
  return best;
}

std::string described(const std::vector<SceneAxis>& axes) {
  std::string text;
  for (const SceneAxis& axis : axes)
    text += (text.empty() ? "" : ", ") + axis.name + " (" + std::to_string(axis.points) + ")";
  return text;
}

}  // namespace tessera::paraview
