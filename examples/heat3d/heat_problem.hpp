#pragma once

#include <Kokkos_Core.hpp>

#include <cmath>

#include "grid.hpp"

/// \file
/// What is simulated: the heat equation and its data.
///
///     C dT/dt = div(k grad T) + f     in a box, T prescribed on some faces, the others insulated (k dT/dn = 0)
///
/// A *problem* is a small struct that kernels copy, with the members of HeatedBlock below. The other one is the
/// manufactured solution of test_convergence.cpp.

namespace heat3d {

/// A steel cube with a brass rod through it, on a cold plate, heated by a spot inside that touches the rod.
struct HeatedBlock {
  Real3 length{{0.03, 0.03, 0.03}};  ///< edges (z, y, x), m
  double heat_capacity = 3.6e6;      ///< C, per volume, J m-3 K-1; steel and brass differ little
  double steel_conductivity = 15.0;  ///< k, W m-1 K-1
  double brass_conductivity = 120.0;
  double rod_radius = 0.0035;  ///< m; the rod runs along y, at x = 0.6, z = 0.4 edges
  double spot_power = 2.5e9;   ///< f at the middle of the spot, W m-3
  double spot_radius = 0.004;  ///< m, where f has fallen to 1/e; the middle is that of the cube
  double ambient = 293.15;     ///< K: at the start everywhere, at z = 0 always

  /// Whether a face has a prescribed temperature, [axis z, y, x][low, high].
  bool fixed[3][2] = {{true, false}, {false, false}, {false, false}};

  /// k: jumps at the rod, and varies smoothly by 30 % in the steel.
  KOKKOS_INLINE_FUNCTION double conductivity(const Point& at) const {
    const double dx = at.x - 0.6 * length[2];
    const double dz = at.z - 0.4 * length[0];
    if (dx * dx + dz * dz < rod_radius * rod_radius) return brass_conductivity;
    const double pi = 3.14159265358979323846;
    return steel_conductivity * (1.0 + 0.3 * sin(2.0 * pi * at.x / length[2]) * cos(pi * at.y / length[1]));
  }
  /// f, W m-3.
  KOKKOS_INLINE_FUNCTION double source(const Point& at, double /*time*/) const {
    const double dx = at.x - 0.5 * length[2];
    const double dy = at.y - 0.5 * length[1];
    const double dz = at.z - 0.5 * length[0];
    return spot_power * exp(-(dx * dx + dy * dy + dz * dz) / (spot_radius * spot_radius));
  }
  /// T at the start, and at any time on the faces that are fixed, K.
  KOKKOS_INLINE_FUNCTION double temperature(const Point& /*at*/, double /*time*/) const { return ambient; }
};

}  // namespace heat3d
