#pragma once

#include <mpi.h>

#include <Kokkos_Core.hpp>

/// \file
/// Which points of the global grid a rank owns. Axes are always in the order (z, y, x), slowest first.

namespace heat3d {

/// One integer per axis, (z, y, x).
using Int3 = Kokkos::Array<int, 3>;

/// The first of the `count` cells that part `part` of `parts` owns; the parts differ by one cell at most.
/// 10 cells over 3 parts: [0, 3), [3, 6), [6, 10).
int part_begin(int count, int part, int parts);

/// A box of the global grid of points for every rank of a 3-D process grid.
struct Decomposition {
  Int3 points;    ///< points of the global grid
  Int3 ranks;     ///< extents of the process grid
  Int3 position;  ///< this rank's place in it, also slowest axis first
  Int3 lower;     ///< the first point that this rank owns
  Int3 upper;     ///< one past the last point that this rank owns

  /// Points that this rank owns, without halo; at least 1 per axis.
  Int3 extents() const;
  /// The rank next to this one on `axis`, below (side 0) or above (side 1); MPI_PROC_NULL at the domain's boundary.
  int neighbour(int axis, int side) const;
};

/// Splits `points` over the ranks of `communicator`: the process grid is MPI_Dims_create's, which cuts the slowest axis
/// most, so that rows along x, and with them the chunks of the file, stay long. Local.
/// \throws std::invalid_argument (on all ranks alike) when an axis has fewer points than ranks
Decomposition decompose(const Int3& points, MPI_Comm communicator);

}  // namespace heat3d
