#pragma once

#include <mpi.h>

#include <cmath>

#include "conjugate_gradient.hpp"
#include "heat_kernels.hpp"
#include "heat_problem.hpp"

/// \file
/// A problem (heat_problem.hpp) in time: implicit Euler.

namespace heat3d {

/// The temperature of a problem on this rank's part of a grid, and its advance in time.
template <class Problem>
class HeatSolver {
 public:
  /// At time 0. Collective.
  HeatSolver(const Problem& problem, const Int3& points, double time_step, double tolerance, MPI_Comm communicator)
      : problem_(problem), time_step_(time_step), tolerance_(tolerance), communicator_(communicator),
        decomposition_(decompose(points, communicator)), grid_(local_grid(decomposition_, problem.length)),
        exchange_(decomposition_, communicator), cg_(decomposition_, communicator),
        temperature_(make_field_with_halo("heat3d::temperature", grid_.extents)),
        residual_(make_field("heat3d::residual", grid_.extents)) {
    const ElementField conductivity("heat3d::conductivity", grid_.extents[0] + 1, grid_.extents[1] + 1,
                                    grid_.extents[2] + 1);
    kernels::set_conductivity(problem_, grid_, conductivity);
    stiffness_ = make_operator(grid_, conductivity);
    euler_ = stiffness_;
    euler_.mass_rate = problem_.heat_capacity / time_step_;
    inverse_diagonal_ = euler_.inverse_diagonal(problem_.fixed);
    kernels::set_temperature(problem_, grid_, 0.0, false, temperature_);
    exchange_(temperature_);
  }

  /// One step of implicit Euler, from T to T + dT. Collective.
  ///
  /// (C/dt M + K) (T + dT) = C/dt M T + M f, all data at the new time, is solved for the increment, from dT = 0: its
  /// first residual is M f - K T, in which the mass does not occur. Prescribed temperatures are set beforehand.
  CgResult advance() {
    time_ = ++steps_ * time_step_;
    kernels::set_temperature(problem_, grid_, time_, true, temperature_);
    exchange_(temperature_);
    stiffness_.apply(temperature_, residual_);
    kernels::subtract_from_source(problem_, grid_, time_, residual_);
    CgOptions options;
    options.tolerance = tolerance_;
    // Near a steady state the first residual is rounding error itself, and no fraction of it can be reached.
    options.floor = 1e-14 * std::sqrt(sum_over_ranks(kernels::diagonal_norm2(grid_, inverse_diagonal_, temperature_),
                                                     communicator_));
    const CgResult result = cg_.solve(euler_, inverse_diagonal_, temperature_, residual_, options);
    exchange_(temperature_);
    return result;
  }

  /// Goes on from a state after so many steps: `temperature()` has been set to it, without its halo. Collective.
  void resume(int steps) {
    steps_ = steps;
    time_ = steps * time_step_;
    exchange_(temperature_);
  }

  /// K, at the points, with a valid halo of one layer: (nz + 2, ny + 2, nx + 2).
  const PointField& temperature() const { return temperature_; }

  /// W m-2, at the points, components x, y, z: (nz, ny, nx, 3), overwritten. Local.
  void heat_flux(const VectorField& flux) const { stiffness_.heat_flux(temperature_, flux); }

  /// The heat stored above a reference temperature, J; the same on every rank. Collective.
  double energy_above(double reference) const {
    const double local = kernels::integral_above(grid_, temperature_, reference);
    return problem_.heat_capacity * sum_over_ranks(local, communicator_);
  }

  double time() const { return time_; }
  int steps() const { return steps_; }
  const LocalGrid& grid() const { return grid_; }
  const Decomposition& decomposition() const { return decomposition_; }

 private:
  Problem problem_;
  double time_step_;
  double tolerance_;
  MPI_Comm communicator_;
  Decomposition decomposition_;
  LocalGrid grid_;
  HaloExchange exchange_;
  ConjugateGradient cg_;
  HeatOperator stiffness_;  ///< K
  HeatOperator euler_;      ///< C/dt M + K
  PointField inverse_diagonal_;
  PointField temperature_;
  PointField residual_;
  double time_ = 0.0;
  int steps_ = 0;
};

}  // namespace heat3d
