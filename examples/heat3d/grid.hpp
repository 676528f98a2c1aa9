#pragma once

#include <Kokkos_Core.hpp>

#include <string>

#include "decomposition.hpp"

/// \file
/// A rank's part of the grid as kernels see it, its arrays, and the two loops over its points.

namespace heat3d {

/// A place in the domain, in metres.
struct Point {
  double x, y, z;
};

/// One real number per axis, (z, y, x).
using Real3 = Kokkos::Array<double, 3>;

/// Values at this rank's points; C order, so that x is contiguous whatever the memory space.
/// Without halo: (nz, ny, nx), owned points only. With halo: (nz + 2, ny + 2, nx + 2), owned point 0 at index 1.
using PointField = Kokkos::View<double***, Kokkos::LayoutRight>;
/// Three components (x, y, z) per owned point: (nz, ny, nx, 3).
using VectorField = Kokkos::View<double*** [3], Kokkos::LayoutRight>;
/// Values in the elements that touch an owned point: (nz + 1, ny + 1, nx + 1). Owned point i lies between elements
/// i and i + 1 of every axis. Elements outside the domain exist in the array and have conductivity 0: so the kernels
/// need no case for the boundary.
using ElementField = Kokkos::View<double***, Kokkos::LayoutRight>;

/// A uniform grid, cut to one rank. Small and trivially copied into kernels.
struct LocalGrid {
  Int3 points;   ///< points of the global grid
  Int3 lower;    ///< first owned point
  Int3 extents;  ///< owned points
  Real3 h;       ///< spacing in metres

  /// Where the point with the owned index (k, j, i) lies; -1 and extents are the halo.
  KOKKOS_INLINE_FUNCTION Point node(int k, int j, int i) const {
    return {(lower[2] + i) * h[2], (lower[1] + j) * h[1], (lower[0] + k) * h[0]};
  }
  /// The middle of the element before the point (k, j, i) on every axis: element (k, j, i) of an ElementField.
  KOKKOS_INLINE_FUNCTION Point element_centre(int k, int j, int i) const {
    return {(lower[2] + i - 0.5) * h[2], (lower[1] + j - 0.5) * h[1], (lower[0] + k - 0.5) * h[0]};
  }
  /// False for the elements of an ElementField that lie outside the domain.
  KOKKOS_INLINE_FUNCTION bool has_element(int k, int j, int i) const {
    return lower[0] + k >= 1 && lower[0] + k < points[0] && lower[1] + j >= 1 && lower[1] + j < points[1] &&
           lower[2] + i >= 1 && lower[2] + i < points[2];
  }
  /// True for points on the lower (side 0) or upper (side 1) face of an axis.
  KOKKOS_INLINE_FUNCTION bool on_face(int axis, int side, int index) const {
    return lower[axis] + index == (side == 0 ? 0 : points[axis] - 1);
  }
  /// One axis' share of a point's lumped volume: h, or half of it on the boundary.
  KOKKOS_INLINE_FUNCTION double width(int axis, int index) const {
    return on_face(axis, 0, index) || on_face(axis, 1, index) ? 0.5 * h[axis] : h[axis];
  }
  /// The volume that belongs to a point, in m3: the row sum of the mass matrix.
  KOKKOS_INLINE_FUNCTION double volume(int k, int j, int i) const { return width(0, k) * width(1, j) * width(2, i); }
};

/// The grid over a box with these edge lengths in metres (z, y, x); the first and last points lie on its faces.
inline LocalGrid local_grid(const Decomposition& decomposition, const Real3& length) {
  LocalGrid grid{decomposition.points, decomposition.lower, decomposition.extents(), {}};
  for (int axis = 0; axis < 3; ++axis) grid.h[axis] = length[axis] / (grid.points[axis] - 1);
  return grid;
}

using Team = Kokkos::TeamPolicy<>::member_type;

/// body(k, j, i) for all indices below `extents`. One team per row, its threads along x: vectorised on a CPU, coalesced
/// on a GPU.
template <class Body>
void for_each_point(const std::string& label, const Int3& extents, const Body& body) {
  const int ny = extents[1];
  const int nx = extents[2];
  Kokkos::parallel_for(
      label, Kokkos::TeamPolicy<>(extents[0] * ny, Kokkos::AUTO), KOKKOS_LAMBDA(const Team& team) {
        const int k = team.league_rank() / ny;
        const int j = team.league_rank() % ny;
        Kokkos::parallel_for(Kokkos::TeamVectorRange(team, nx), [&](const int i) { body(k, j, i); });
      });
}

/// The sum over this rank of what body(k, j, i, sum) adds to `sum`. Local.
template <class Body>
double sum_over_points(const std::string& label, const Int3& extents, const Body& body) {
  const int ny = extents[1];
  const int nx = extents[2];
  double total = 0.0;
  Kokkos::parallel_reduce(
      label, Kokkos::TeamPolicy<>(extents[0] * ny, Kokkos::AUTO),
      KOKKOS_LAMBDA(const Team& team, double& sum) {
        const int k = team.league_rank() / ny;
        const int j = team.league_rank() % ny;
        double row = 0.0;
        Kokkos::parallel_reduce(
            Kokkos::TeamVectorRange(team, nx), [&](const int i, double& part) { body(k, j, i, part); }, row);
        Kokkos::single(Kokkos::PerTeam(team), [&] { sum += row; });
      },
      total);
  return total;
}

/// The sum over all ranks, the same on every rank. Collective.
inline double sum_over_ranks(double local, MPI_Comm communicator) {
  double total = 0.0;
  MPI_Allreduce(&local, &total, 1, MPI_DOUBLE, MPI_SUM, communicator);
  return total;
}

/// A new array with a halo of one layer, all zero.
inline PointField make_field_with_halo(const std::string& label, const Int3& extents) {
  return PointField(label, extents[0] + 2, extents[1] + 2, extents[2] + 2);
}
/// A new array of owned points, all zero.
inline PointField make_field(const std::string& label, const Int3& extents) {
  return PointField(label, extents[0], extents[1], extents[2]);
}

}  // namespace heat3d
