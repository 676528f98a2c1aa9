#pragma once

#include <Kokkos_Core.hpp>

#include "grid.hpp"

/// \file
/// The trilinear hexahedron (Q1) on a uniform grid; see for example Hughes, The Finite Element Method, chapter 3.

namespace heat3d {

/// Stiffness of a box-shaped Q1 element with conductivity 1: the 8 different entries of its 8 x 8 matrix.
///
/// Shape functions are products of linear ones, so the matrix is a sum of Kronecker products of the 1-D matrices
///
///     stiffness  1/h [ 1 -1 ]        mass  h/6 [ 2  1 ]
///                    [-1  1 ]                  [ 1  2 ]
///
///     K = Kz x My x Mx  +  Mz x Ky x Mx  +  Mz x My x Kx
///
/// and the entry of two nodes depends only on the axes on which they differ. `entry[4 dz + 2 dy + dx]` is that of nodes
/// that differ (1) or not (0) on z, y and x; entry[0] is the diagonal. For a cube of edge h the entries are h/3, 0
/// (along an edge), -h/12 (across a face), -h/12 (across the cube): none is positive off the diagonal, which with a
/// lumped mass keeps implicit Euler free of overshoots (heat_operator.hpp).
struct Q1Stiffness {
  double entry[8];  ///< in metres
};

inline Q1Stiffness q1_stiffness(const Real3& h) {
  const auto stiffness = [&](int axis, int differs) { return (differs ? -1.0 : 1.0) / h[axis]; };
  const auto mass = [&](int axis, int differs) { return h[axis] / (differs ? 6.0 : 3.0); };
  Q1Stiffness result{};
  for (int dz = 0; dz < 2; ++dz) {
    for (int dy = 0; dy < 2; ++dy) {
      for (int dx = 0; dx < 2; ++dx) {
        result.entry[4 * dz + 2 * dy + dx] = stiffness(0, dz) * mass(1, dy) * mass(2, dx) +
                                             mass(0, dz) * stiffness(1, dy) * mass(2, dx) +
                                             mass(0, dz) * mass(1, dy) * stiffness(2, dx);
      }
    }
  }
  return result;
}

/// A vector at one point.
struct Vector3 {
  double x, y, z;
};

/// The gradient of a Q1 function in the middle of the element whose lowest corner has index (k, j, i) in `u`: on every
/// axis the difference of the means of two opposite faces, over h. Second order there (superconvergent).
KOKKOS_INLINE_FUNCTION Vector3 q1_centre_gradient(const PointField& u, int k, int j, int i, const Real3& h) {
  Vector3 gradient{0.0, 0.0, 0.0};
  for (int corner = 0; corner < 8; ++corner) {
    const int dz = corner / 4;
    const int dy = corner / 2 % 2;
    const int dx = corner % 2;
    const double quarter = 0.25 * u(k + dz, j + dy, i + dx);
    gradient.x += dx ? quarter : -quarter;
    gradient.y += dy ? quarter : -quarter;
    gradient.z += dz ? quarter : -quarter;
  }
  return {gradient.x / h[2], gradient.y / h[1], gradient.z / h[0]};
}

}  // namespace heat3d
