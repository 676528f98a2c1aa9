#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <tessera/attribute.hpp>

namespace tessera::schema {

/// Numbers that copies share, since an axis may be long.
using SharedValues = std::shared_ptr<const std::vector<double>>;

/// One axis of a group: a 1-D dataset with its coordinates, a dimension scale. Two fields share an axis when it is the
/// same (`difference`).
struct Axis {
  std::string name;
  std::int64_t length = 0;
  double origin = 0;  ///< of the grid
  double spacing = 1;
  double shift = 0;  ///< of the first coordinate against the origin, in spacings: 0.5 for cells
  std::string unit;
  Attributes attributes;
  bool has_coordinates = true;     ///< false: a dimension without values
  bool grows = false;              ///< rows of a table, which become more with the steps
  SharedValues values;             ///< where the coordinates are not uniform: each of them
  SharedValues edges;              ///< of cells between points that are not uniform: the points, one more than cells
  std::vector<std::string> texts;  ///< of named components: their names, the axis' only coordinates

  double coordinate(std::int64_t number) const noexcept {
    if (values) return (*values)[static_cast<std::size_t>(number)];
    return origin + (static_cast<double>(number) + shift) * spacing;
  }
  /// The dataset with the two ends of each cell, where there is one.
  std::string bounds_name() const { return bounds_of(name); }
  static std::string bounds_of(const std::string& axis) { return axis + "_bounds"; }
};

/// In what an axis is not the one of that name that is there, as a clause with both values; empty where they are the
/// same. Coordinates are the same within a millionth of the spacing, or their own rounding where that is more.
std::string difference(const Axis& there, const Axis& asked);

/// The first of some coordinates that is not the same in both lists, by the rule of `difference`; the lists' length
/// where all are.
std::size_t first_difference(std::span<const double> there, std::span<const double> asked);

/// Gives an axis the coordinates that were found in a file: uniform ones where they are, up to rounding.
void set_coordinates(Axis& axis, std::vector<double> values);

/// The long_name of an axis of named components, by which it is found in a file.
inline constexpr const char* names_of_components = "components";

/// The dimension that `components` values per point make.
Axis component_axis(std::int64_t components);

}  // namespace tessera::schema
