/// \file
/// Does the solver converge at second order? A manufactured solution on three grids; prints errors and observed orders.
///
///     mpiexec -n 4 ./heat3d_convergence
///
/// T = (2 + t) s(x, y, z) is linear in time, so that implicit Euler is exact and what remains is the error in space.
/// With more than one rank, every rank also solves the whole problem alone and compares.

#include <mpi.h>

#include <Kokkos_Core.hpp>

#include <cmath>
#include <cstdio>
#include <string>

#include "heat_solver.hpp"

namespace {

using heat3d::Int3;
using heat3d::Point;
using heat3d::PointField;
using heat3d::VectorField;

constexpr double pi = 3.14159265358979323846;

/// s = cos(pi x) cos(2 pi y) exp(z), k = 1 + x y + z/2 + sin(pi x)/2, and the source that goes with them. The normal
/// derivative of s is zero at x = 0, 1 and y = 0, 1/2: these faces are insulated, those of z prescribed.
struct Manufactured {
  heat3d::Real3 length{{0.8, 0.5, 1.0}};
  double heat_capacity = 3.0;
  bool fixed[3][2] = {{true, true}, {false, false}, {false, false}};

  KOKKOS_INLINE_FUNCTION double shape(const Point& p) const { return cos(pi * p.x) * cos(2.0 * pi * p.y) * exp(p.z); }
  KOKKOS_INLINE_FUNCTION heat3d::Vector3 gradient(const Point& p) const {
    return {-pi * sin(pi * p.x) * cos(2.0 * pi * p.y) * exp(p.z),
            -2.0 * pi * cos(pi * p.x) * sin(2.0 * pi * p.y) * exp(p.z), shape(p)};
  }
  KOKKOS_INLINE_FUNCTION double conductivity(const Point& p) const {
    return 1.0 + p.x * p.y + 0.5 * p.z + 0.5 * sin(pi * p.x);
  }
  KOKKOS_INLINE_FUNCTION double temperature(const Point& p, double time) const { return (2.0 + time) * shape(p); }
  /// C dT/dt - grad k . grad T - k (laplacian of T), and (laplacian of s) = (1 - 5 pi^2) s.
  KOKKOS_INLINE_FUNCTION double source(const Point& p, double time) const {
    const heat3d::Vector3 g = gradient(p);
    const double slope = (p.y + 0.5 * pi * cos(pi * p.x)) * g.x + p.x * g.y + 0.5 * g.z;
    return heat_capacity * shape(p) - (2.0 + time) * (slope + conductivity(p) * (1.0 - 5.0 * pi * pi) * shape(p));
  }
};

struct Errors {
  double temperature = std::nan("");  ///< root mean square over the volume
  double flux = std::nan("");         ///< the same, of the x component, away from the boundary
  double ranks = 0.0;                 ///< largest difference to the solution on one rank
};

double temperature_error2(const heat3d::LocalGrid& grid, const PointField& temperature, double time) {
  const Manufactured exact;
  return heat3d::sum_over_points(
      "error", grid.extents, KOKKOS_LAMBDA(int k, int j, int i, double& sum) {
        const double error = temperature(k + 1, j + 1, i + 1) - exact.temperature(grid.node(k, j, i), time);
        sum += grid.volume(k, j, i) * error * error;
      });
}

double flux_error2(const heat3d::LocalGrid& grid, const VectorField& flux, double time) {
  const Manufactured exact;
  return heat3d::sum_over_points(
      "error", grid.extents, KOKKOS_LAMBDA(int k, int j, int i, double& sum) {
        const Int3 at{{k, j, i}};
        for (int face = 0; face < 6; ++face) {
          if (grid.on_face(face / 2, face % 2, at[face / 2])) return;
        }
        const Point p = grid.node(k, j, i);
        const double error = flux(k, j, i, 0) + exact.conductivity(p) * (2.0 + time) * exact.gradient(p).x;
        sum += grid.volume(k, j, i) * error * error;
      });
}

/// The largest difference of this rank's part to the same points of `whole`, which has all.
double difference(const heat3d::LocalGrid& grid, const PointField& part, const PointField& whole) {
  const auto a = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), part);
  const auto b = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), whole);
  double largest = 0.0;
  for (int k = 1; k <= grid.extents[0]; ++k) {
    for (int j = 1; j <= grid.extents[1]; ++j) {
      for (int i = 1; i <= grid.extents[2]; ++i) {
        const double other = b(grid.lower[0] + k, grid.lower[1] + j, grid.lower[2] + i);
        largest = std::fmax(largest, std::fabs(a(k, j, i) - other));
      }
    }
  }
  double result = 0.0;
  MPI_Allreduce(&largest, &result, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  return result;
}

Errors solve(const Int3& points) {
  constexpr double time_step = 0.25;
  constexpr double tolerance = 1e-11;
  heat3d::HeatSolver<Manufactured> solver({}, points, time_step, tolerance, MPI_COMM_WORLD);
  heat3d::HeatSolver<Manufactured> alone({}, points, time_step, tolerance, MPI_COMM_SELF);
  for (int step = 0; step < 3; ++step) {
    solver.advance();
    alone.advance();
  }
  const heat3d::LocalGrid& grid = solver.grid();
  const VectorField flux("flux", grid.extents[0], grid.extents[1], grid.extents[2]);
  solver.heat_flux(flux);
  const double volume = 0.8 * 0.5 * 1.0;
  const auto rms = [&](double local) { return std::sqrt(heat3d::sum_over_ranks(local, MPI_COMM_WORLD) / volume); };
  return {rms(temperature_error2(grid, solver.temperature(), solver.time())),
          rms(flux_error2(grid, flux, solver.time())), difference(grid, solver.temperature(), alone.temperature())};
}

/// "2.009", or "-" where there is no grid before.
std::string order_text(double order) {
  char text[16] = "-";
  if (!std::isnan(order)) std::snprintf(text, sizeof text, "%.3f", order);
  return text;
}

/// One line per grid; the orders are log2 of the ratio to the error on the grid before, which is twice as coarse.
bool converges(int rank) {
  bool good = true;
  Errors before;
  if (rank == 0) std::printf("points (z, y, x)  T error    order  flux error  order  ranks differ by\n");
  for (int refinement = 1; refinement <= 4; refinement *= 2) {
    const Int3 points{{10 * refinement + 1, 6 * refinement + 1, 12 * refinement + 1}};
    const Errors now = solve(points);
    const double order = std::log2(before.temperature / now.temperature);
    const double flux_order = std::log2(before.flux / now.flux);
    if (refinement > 1) good = good && order > 1.9 && order < 2.1 && flux_order > 1.7;
    good = good && now.ranks < 1e-9;
    if (rank == 0) {
      std::printf("%6d %4d %4d  %.3e  %5s   %.3e  %5s  %.1e\n", points[0], points[1], points[2], now.temperature,
                  order_text(order).c_str(), now.flux, order_text(flux_order).c_str(), now.ranks);
    }
    before = now;
  }
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  bool good = false;
  {
    const Kokkos::ScopeGuard kokkos(argc, argv);
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    good = converges(rank);
    if (rank == 0) std::printf("%s\n", good ? "second order" : "NOT second order, or not the same on all rank counts");
  }
  MPI_Finalize();
  return good ? 0 : 1;
}
