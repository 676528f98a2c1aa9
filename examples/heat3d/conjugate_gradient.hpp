#pragma once

#include <mpi.h>

#include "halo_exchange.hpp"
#include "heat_operator.hpp"

/// \file
/// Conjugate gradients with a diagonal preconditioner.

namespace heat3d {

/// How a solve went; the same numbers on every rank.
struct CgResult {
  int iterations = 0;
  double residual = 0.0;  ///< norm of the last residual over that of the first
  bool converged = false;
};

/// When to stop.
struct CgOptions {
  double tolerance = 1e-6;  ///< residual norm, relative to the first one
  double floor = 0.0;       ///< residual norm that rounding makes unreachable, absolute
  int max_iterations = 2000;
};

/// Solves A x = b. Keeps its work arrays between solves.
class ConjugateGradient {
 public:
  ConjugateGradient(const Decomposition& decomposition, MPI_Comm communicator);

  /// Improves x until the residual norm, sqrt(r . D^-1 r) with D the diagonal of A, is small enough.
  ///
  /// \param inverse_diagonal D^-1 at owned points; where it is 0, x keeps its value (prescribed temperatures)
  /// \param x with halo; its halo is not read and not updated
  /// \param r owned points; on entry b - A x, on exit the last residual
  /// Collective. Source: Saad, Iterative Methods for Sparse Linear Systems, algorithm 9.1.
  CgResult solve(const HeatOperator& a, const PointField& inverse_diagonal, const PointField& x, const PointField& r,
                 const CgOptions& options);

 private:
  MPI_Comm communicator_;
  HaloExchange exchange_;
  PointField p_;  ///< search direction, with halo
  PointField q_;  ///< A p
};

}  // namespace heat3d
