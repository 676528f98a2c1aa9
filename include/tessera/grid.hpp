#pragma once

#include <tessera/requirements.hpp>

#include <string>
#include <vector>

#include <tessera/attribute.hpp>
#include <tessera/types.hpp>

/// \file
/// Grids: what the axes of a field mean.

namespace tessera {

/// The axes of a Grid, all optional.
struct GridOptions {
  /// Distance between neighbouring points, per axis, in `unit`; one value serves all axes. Default: 1.
  std::vector<double> spacing = {};
  /// Coordinate of the first point, per axis, in `unit`; one value serves all axes. Default: 0.
  std::vector<double> origin = {};
  /// Names of the axes, slowest first; default: the last ones of "w", "z", "y", "x". They name the
  /// coordinate datasets in the run's group; two grids of one run need different ones unless the axes are equal.
  std::vector<std::string> axes = {};
  /// Unit of all coordinates, as UDUNITS spells it ("m"); none when empty.
  std::string unit = {};
  /// Units per axis where they differ; takes precedence over `unit`.
  std::vector<std::string> units = {};
  /// Further attributes of the coordinates, one list per axis: `{{{"positive", "up"}, {"axis", "Z"}}, {}, {}}`.
  std::vector<Attributes> attributes = {};
};

/// A uniform grid of 1 to 4 axes: `shape` counts its *points*, slowest axis first.
///
/// A point field has this shape; a cell field has one cell fewer on every axis with more than one point, and its
/// coordinates are the cell centres. A value type; errors in it are reported by the call that uses it (Run::field).
struct Grid {
  Index shape;               ///< points per axis, 1 to 4 axes
  GridOptions options = {};  ///< coordinates, names, units
};

}  // namespace tessera
