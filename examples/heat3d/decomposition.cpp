#include "decomposition.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>

namespace heat3d {

int part_begin(int count, int part, int parts) {
  return static_cast<int>(static_cast<std::int64_t>(count) * part / parts);
}

Int3 Decomposition::extents() const { return {{upper[0] - lower[0], upper[1] - lower[1], upper[2] - lower[2]}}; }

int Decomposition::neighbour(int axis, int side) const {
  Int3 at = position;
  at[axis] += side == 0 ? -1 : 1;
  if (at[axis] < 0 || at[axis] >= ranks[axis]) return MPI_PROC_NULL;
  return (at[0] * ranks[1] + at[1]) * ranks[2] + at[2];
}

Decomposition decompose(const Int3& points, MPI_Comm communicator) {
  int size = 1;
  int rank = 0;
  MPI_Comm_size(communicator, &size);
  MPI_Comm_rank(communicator, &rank);
  int dims[3] = {0, 0, 0};
  MPI_Dims_create(size, 3, dims);

  Decomposition result{};
  result.points = points;
  result.ranks = {{dims[0], dims[1], dims[2]}};
  result.position = {{rank / (dims[1] * dims[2]), rank / dims[2] % dims[1], rank % dims[2]}};
  for (int axis = 0; axis < 3; ++axis) {
    if (points[axis] < dims[axis]) {
      throw std::invalid_argument("a grid of " + std::to_string(points[axis]) + " points per axis is too small for " +
                                  std::to_string(dims[axis]) + " ranks along it; use fewer ranks");
    }
    result.lower[axis] = part_begin(points[axis], result.position[axis], dims[axis]);
    result.upper[axis] = part_begin(points[axis], result.position[axis] + 1, dims[axis]);
  }
  return result;
}

}  // namespace heat3d
