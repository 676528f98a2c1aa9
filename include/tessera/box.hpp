#pragma once

#include <tessera/requirements.hpp>

#include <string>

#include <tessera/types.hpp>

/// \file
/// Boxes of a field.

namespace tessera {

/// A box of a field's global index space: on every axis the half-open range from `lower` to `upper`.
///
/// Axes are the grid's, slowest first; components are not part of a box. Two ranks share a 10 x 4 field (10 rows) as
/// `Box{{0, 0}, {5, 4}}` and `Box{{5, 0}, {10, 4}}`. The default box is empty and has no axes.
struct Box {
  Index lower;  ///< first cell
  Index upper;  ///< behind the last cell

  /// The box that begins at `lower` and has `extents` cells per axis.
  static Box at(const Index& lower, const Index& extents);

  /// Number of axes.
  std::size_t rank() const noexcept { return lower.size(); }
  /// Cells per axis, never negative.
  Index extents() const;
  /// Number of cells; 0 for an empty box.
  std::int64_t volume() const noexcept;
  /// True without cells.
  bool empty() const noexcept { return volume() == 0; }
  /// True when `other` lies inside this box; an empty `other` always does.
  bool contains(const Box& other) const noexcept;

  friend bool operator==(const Box&, const Box&) = default;
};

/// The cells that lie in both boxes (possibly none). Both boxes have the same number of axes.
Box intersection(const Box& a, const Box& b);

/// For messages: "[0:5, 0:4]", as a Python slice.
std::string to_string(const Box& box);
/// For messages: "(10, 4)", as a NumPy shape.
std::string to_string(const Index& index);

}  // namespace tessera
