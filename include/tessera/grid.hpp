#pragma once

#include <tessera/requirements.hpp>

#include <cstdint>
#include <initializer_list>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <tessera/attribute.hpp>
#include <tessera/types.hpp>

/// \file
/// Grids: what the axes of a field mean.

namespace tessera {

/// @cond
namespace detail {
template <class R>
concept NumberRange = std::ranges::input_range<const R> && std::is_arithmetic_v<std::ranges::range_value_t<const R>>;
}  // namespace detail
/// @endcond

/// The coordinates of one axis of a Grid. A list of numbers can stand for it:
/// `{.coordinates = {z_levels, {}, Coordinates::none()}}`.
class Coordinates {
 public:
  /// How they are given.
  enum class Kind : std::uint8_t {
    uniform,           ///< by GridOptions::spacing and origin
    values,            ///< by every rank
    values_of_rank_0,  ///< by rank 0
    none,              ///< there are none
  };

  /// Points at equal distances, by GridOptions::spacing and origin: the default.
  Coordinates() = default;
  /// One value per point (one more on a periodic axis: its end), finite, increasing or decreasing from each to the
  /// next. Every rank gives the same, up to rounding (a millionth of the distance between neighbours): rank 0's
  /// count. At most 2^22.
  Coordinates(std::initializer_list<double> values) : kind_(Kind::values), values_(values) {}
  /// The same, from any range of numbers.
  template <detail::NumberRange Range>
  Coordinates(const Range& values) : kind_(Kind::values) {  // NOLINT: implicit
    for (const auto value : values) values_.push_back(static_cast<double>(value));
  }
  /// Values that only rank 0 needs to know: what other ranks give is ignored.
  static Coordinates of_rank_0(Coordinates values) {
    values.kind_ = Kind::values_of_rank_0;
    return values;
  }
  /// A dimension without coordinates: nothing is stored but its length, whatever that is. xarray counts along it.
  static Coordinates none() {
    Coordinates made;
    made.kind_ = Kind::none;
    return made;
  }

  Kind kind() const noexcept { return kind_; }                            ///< How they are given.
  const std::vector<double>& values() const noexcept { return values_; }  ///< Empty where they are not given.

 private:
  Kind kind_ = Kind::uniform;
  std::vector<double> values_;
};

/// How a grid's coordinates lie on the Earth, in CF's terms: a dataset without values whose attributes say it. Example:
/// `{.attributes = {{"grid_mapping_name", "rotated_latitude_longitude"}, {"grid_north_pole_latitude", 39.25}, ...}}`.
struct GridMapping {
  std::string name = "crs";    ///< of the dataset, which fields name in their attribute `grid_mapping`
  Attributes attributes = {};  ///< empty: there is no mapping
};

/// The axes of a Grid, all optional.
struct GridOptions {
  /// Distance between neighbouring points, per axis, in `unit`; a single value serves all axes. Default: 1.
  std::vector<double> spacing = {};
  /// Coordinate of the first point, per axis, in `unit`; a single value serves all axes. Default: 0.
  std::vector<double> origin = {};
  /// The coordinates of each axis; a single entry serves all axes. Default: uniform, by `spacing` and `origin`, which
  /// the other kinds ignore.
  std::vector<Coordinates> coordinates = {};
  /// Indices of the periodic axes. Along these there are as many cells as points, the last cell between the last point
  /// and the first. Example: `{0, 2}`.
  Index periodic = {};
  /// Names of the axes, slowest first; default: the last ones of "w", "z", "y", "x". They name the
  /// coordinate datasets in the run's group; two grids of one run need different ones unless the axes are equal.
  std::vector<std::string> axes = {};
  /// Unit of all coordinates, as UDUNITS spells it ("m"); none when empty.
  std::string unit = {};
  /// Units per axis where they differ; takes precedence over `unit`.
  std::vector<std::string> units = {};
  /// Further attributes of the coordinates, one list per axis: `{{{"positive", "up"}, {"axis", "Z"}}, {}, {}}`.
  std::vector<Attributes> attributes = {};
  /// Of a curvilinear grid: the names of 1 to 3 fields with the places of its points, x first, then y, then z. Axes
  /// then have no coordinates, unless `coordinates` says so. These fields are declared before others, on this grid or
  /// on some of its axes, with one component; put like any field, static, or in each step where points move. All others
  /// on points name them in CF's attribute `coordinates`; those in cells name `<name>_cell`, where all these fields are
  /// declared.
  std::vector<std::string> places = {};
  /// CF's grid mapping, which all fields on the grid name.
  GridMapping mapping = {};
};

/// A grid of 1 to 4 straight axes: `shape` counts its *points*, slowest axis first.
///
/// A point field has this shape; a cell field has one cell fewer on every axis with more than one point, and its
/// coordinates are the cell centres (the middle between two points). Faces and edges are points along some axes and
/// cells along the others (Location). A value type; errors in it are reported by the call that uses it (Run::field).
struct Grid {
  Index shape;               ///< points per axis, 1 to 4 axes
  GridOptions options = {};  ///< coordinates, names, units
};

}  // namespace tessera
