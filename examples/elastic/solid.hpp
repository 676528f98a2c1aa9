#pragma once

#include <mpi.h>

#include <array>
#include <cstdint>
#include <vector>

#include "beam.hpp"

/// \file
/// Linear elasticity on a rank's tetrahedra, without a matrix: sigma = lambda tr(eps) I + 2 mu eps.

namespace elastic {

/// Values at nodes: x, y, z of node 0, of node 1...; of nodes that ranks share, the same on each.
using Vector = std::vector<double>;

class Solid {
 public:
  Solid(MPI_Comm comm, const Part& part);

  /// Internal forces of a displacement; 0 at nodes that are held. Collective.
  Vector apply(const Vector& u) const;
  /// Adds up what ranks have of the nodes that they share. Collective.
  void add_shared(Vector& values) const;
  /// Each node counts once. Collective.
  double dot(const Vector& a, const Vector& b) const;
  /// The displacement at which internal forces balance these, by conjugate gradients with Jacobi's preconditioner, from
  /// the displacement that is in `u`. Collective. \return iterations
  int solve(const Vector& forces, Vector& u) const;
  /// Components xx, yy, zz, xy, yz, xz of each cell's stress, Pa. Local.
  std::vector<double> stress(const Vector& u) const;
  double volume(std::size_t cell) const { return elements_[cell].volume; }

 private:
  /// A tetrahedron on which displacements are linear.
  struct Element {
    double volume;
    double lambda;
    double mu;
    std::array<std::array<double, 3>, 4> gradients;  ///< of the four nodes' functions
  };
  std::array<double, 6> stress_of(std::size_t cell, const Vector& u) const;
  Vector diagonal() const;
  void hold(Vector& values) const;

  MPI_Comm comm_;
  const Part& part_;
  std::vector<Element> elements_;
  std::vector<double> share_;  ///< of each node: 1 divided by the number of ranks that have it
};

}  // namespace elastic
