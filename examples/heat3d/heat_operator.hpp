#pragma once

#include <Kokkos_Core.hpp>

#include "grid.hpp"
#include "q1_element.hpp"

/// \file
/// The matrix of one implicit Euler step, applied without ever being stored.

namespace heat3d {

/// A = c M + K, the matrix that implicit Euler solves with, c = (heat capacity) / (time step) in W m-3 K-1.
///
/// K is the stiffness of Q1 elements with one conductivity per element, taken in the middle; M is the *lumped* mass:
/// its row sums, which are the points' volumes. Lumped because the consistent mass has positive entries off the
/// diagonal; for time steps that are short against h^2 / (diffusivity) these break the maximum principle, and a
/// temperature next to a hot spot drops below the ambient one. Lumped, A is an M-matrix on cubes, and the order stays
/// 2 in space (Thomee, Galerkin Finite Element Methods for Parabolic Problems, chapter 15). Values in W K-1.
struct HeatOperator {
  LocalGrid grid;
  Q1Stiffness stiffness;
  ElementField conductivity;  ///< (nz + 1, ny + 1, nx + 1), W m-1 K-1, 0 outside the domain
  double mass_rate = 0.0;     ///< c above; with 0 the operator is K alone

  /// q = A p. \param p with valid halo \param q without halo
  /// \return this rank's part of the inner product of p and A p. Local.
  double apply(const PointField& p, const PointField& q) const;

  /// 1 / diagonal of A, and 0 at points with a prescribed temperature (`fixed[axis][side]`: the whole face has one).
  ///
  /// This is the Jacobi preconditioner, and at the same time all there is to boundary conditions: a search direction
  /// that starts at zero where this is zero stays zero there, so conjugate gradients never touch these points. Local.
  PointField inverse_diagonal(const bool (&fixed)[3][2]) const;

  /// The flux -conductivity * gradient at the points, W m-2: the mean over the elements around each. Local.
  /// \param temperature with valid halo \param flux (nz, ny, nx, 3), components x, y, z
  void heat_flux(const PointField& temperature, const VectorField& flux) const;
};

/// HeatOperator with zero mass.
HeatOperator make_operator(const LocalGrid& grid, const ElementField& conductivity);

}  // namespace heat3d
