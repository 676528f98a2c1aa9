#include "conjugate_gradient.hpp"

#include <algorithm>
#include <cmath>

namespace heat3d {

namespace {

/// r . D^-1 r, this rank's part.
double preconditioned_norm2(const Int3& extents, const PointField& d, const PointField& r) {
  return sum_over_points(
      "heat3d::norm", extents,
      KOKKOS_LAMBDA(int k, int j, int i, double& sum) { sum += r(k, j, i) * d(k, j, i) * r(k, j, i); });
}

/// p = D^-1 r + beta p.
void next_direction(const Int3& extents, const PointField& d, const PointField& r, double beta, const PointField& p) {
  for_each_point(
      "heat3d::next_direction", extents, KOKKOS_LAMBDA(int k, int j, int i) {
        p(k + 1, j + 1, i + 1) = d(k, j, i) * r(k, j, i) + beta * p(k + 1, j + 1, i + 1);
      });
}

/// x += alpha p, r -= alpha q, and the new r . D^-1 r in the same pass through memory.
double move(const Int3& extents, double alpha, const PointField& p, const PointField& q, const PointField& d,
            const PointField& x, const PointField& r) {
  return sum_over_points(
      "heat3d::move", extents, KOKKOS_LAMBDA(int k, int j, int i, double& sum) {
        x(k + 1, j + 1, i + 1) += alpha * p(k + 1, j + 1, i + 1);
        const double residual = r(k, j, i) - alpha * q(k, j, i);
        r(k, j, i) = residual;
        sum += residual * d(k, j, i) * residual;
      });
}

}  // namespace

ConjugateGradient::ConjugateGradient(const Decomposition& decomposition, MPI_Comm communicator)
    : communicator_(communicator), exchange_(decomposition, communicator),
      p_(make_field_with_halo("heat3d::p", decomposition.extents())),
      q_(make_field("heat3d::q", decomposition.extents())) {}

CgResult ConjugateGradient::solve(const HeatOperator& a, const PointField& inverse_diagonal, const PointField& x,
                                  const PointField& r, const CgOptions& options) {
  const Int3 n = a.grid.extents;
  double rz = sum_over_ranks(preconditioned_norm2(n, inverse_diagonal, r), communicator_);
  const double first = std::sqrt(rz);
  const double target = std::max(options.tolerance * first, options.floor);
  Kokkos::deep_copy(p_, 0.0);
  double beta = 0.0;
  CgResult result{0, first > 0.0 ? 1.0 : 0.0, first <= target};
  while (!result.converged && result.iterations < options.max_iterations) {
    next_direction(n, inverse_diagonal, r, beta, p_);
    exchange_(p_);
    const double p_a_p = sum_over_ranks(a.apply(p_, q_), communicator_);
    const double rz_new = sum_over_ranks(move(n, rz / p_a_p, p_, q_, inverse_diagonal, x, r), communicator_);
    beta = rz_new / rz;
    rz = rz_new;
    ++result.iterations;
    result.residual = std::sqrt(rz) / first;
    result.converged = std::sqrt(rz) <= target;
  }
  return result;
}

}  // namespace heat3d
