#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "paraview/scene_mesh_fields.hpp"

/// \file
/// The grid that ParaView shows of a run, as the axes of fields tell.

namespace tessera::paraview {

inline constexpr std::size_t most_axes = 3;

/// A file tells of the location by the names of the axes alone. Faces and edges are points of a grid of their own.
Location location_in_file(const schema::Field& field);

/// Of the points that a field lies on, or around the cells that it lies in.
std::vector<SceneAxis> points_of(const Candidate& candidate);

/// Cells of other programs between points that nobody knows.
bool lacks_points(const Candidate& candidate);

/// Axes of a run with the same name and length are the same. One cell fits on one point and between two.
bool are_same(const std::vector<SceneAxis>& grid, const std::vector<SceneAxis>& axes, Location location);

/// The grid of most fields. Points tell more of it than cells do.
std::vector<SceneAxis> grid_of(const std::vector<Candidate>& fields);

/// "z (4), y (3)"
std::string described(const std::vector<SceneAxis>& axes);

}  // namespace tessera::paraview
