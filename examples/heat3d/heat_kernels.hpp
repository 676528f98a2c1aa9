#pragma once

#include <Kokkos_Core.hpp>

#include "grid.hpp"

/// \file
/// Kernels that evaluate a problem at the grid's points, and two sums. Free functions, since the compilers for GPUs
/// accept no such lambdas in private members or constructors.

namespace heat3d::kernels {

template <class Problem>
void set_conductivity(const Problem& problem, const LocalGrid& grid, const ElementField& conductivity) {
  const Int3 elements{{grid.extents[0] + 1, grid.extents[1] + 1, grid.extents[2] + 1}};
  for_each_point(
      "heat3d::set_conductivity", elements, KOKKOS_LAMBDA(int k, int j, int i) {
        conductivity(k, j, i) = grid.has_element(k, j, i) ? problem.conductivity(grid.element_centre(k, j, i)) : 0.0;
      });
}

/// Sets all points, or only those on fixed faces.
template <class Problem>
void set_temperature(const Problem& problem, const LocalGrid& grid, double time, bool fixed_only,
                     const PointField& temperature) {
  for_each_point(
      "heat3d::set_temperature", grid.extents, KOKKOS_LAMBDA(int k, int j, int i) {
        const Int3 at{{k, j, i}};
        bool set = !fixed_only;
        for (int face = 0; face < 6; ++face) {
          set = set || (problem.fixed[face / 2][face % 2] && grid.on_face(face / 2, face % 2, at[face / 2]));
        }
        if (set) temperature(k + 1, j + 1, i + 1) = problem.temperature(grid.node(k, j, i), time);
      });
}

/// r = M f - r, the source with the lumped mass' own quadrature: the value at the point times its volume.
template <class Problem>
void subtract_from_source(const Problem& problem, const LocalGrid& grid, double time, const PointField& r) {
  for_each_point(
      "heat3d::source", grid.extents, KOKKOS_LAMBDA(int k, int j, int i) {
        r(k, j, i) = grid.volume(k, j, i) * problem.source(grid.node(k, j, i), time) - r(k, j, i);
      });
}

/// The sum over this rank of volume * (T - reference), m3 K.
inline double integral_above(const LocalGrid& grid, const PointField& temperature, double reference) {
  return sum_over_points(
      "heat3d::energy", grid.extents, KOKKOS_LAMBDA(int k, int j, int i, double& sum) {
        sum += grid.volume(k, j, i) * (temperature(k + 1, j + 1, i + 1) - reference);
      });
}

/// The norm of D T in the metric of the solver, squared; this rank's part.
inline double diagonal_norm2(const LocalGrid& grid, const PointField& inverse_diagonal, const PointField& temperature) {
  return sum_over_points(
      "heat3d::scale", grid.extents, KOKKOS_LAMBDA(int k, int j, int i, double& sum) {
        const double d = inverse_diagonal(k, j, i);
        const double t = temperature(k + 1, j + 1, i + 1);
        if (d > 0.0) sum += t * t / d;
      });
}

}  // namespace heat3d::kernels
