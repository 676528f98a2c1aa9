#include "block.hpp"

#include <mpi.h>

#include "turbulence.hpp"

namespace bench {

Block block_of(const Case& what, int rank, int ranks, std::int64_t shift) {
  std::array<int, 3> parts{};
  MPI_Dims_create(ranks, 3, parts.data());
  const std::array<int, 3> place{rank / (parts[1] * parts[2]), rank / parts[2] % parts[1], rank % parts[2]};
  Block block;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto border = [&](int number) {
      const bool inner = number > 0 && number < parts[axis];
      return what.edge * number / parts[axis] + (inner ? shift : 0);
    };
    block.lower[axis] = border(place[axis]);
    block.extents[axis] = border(place[axis] + 1) - block.lower[axis];
    block.in_memory[axis] = block.extents[axis] + 2 * what.halo;
  }
  return block;
}

OwnPart own_part(std::int64_t edge, std::int64_t shift) {
  OwnPart part;
  MPI_Comm_rank(MPI_COMM_WORLD, &part.rank);
  MPI_Comm_size(MPI_COMM_WORLD, &part.ranks);
  Case what;
  what.edge = edge;
  const Block block = block_of(what, part.rank, part.ranks, shift);
  part.box = box_of(block);
  fill_with_turbulence(block, edge, 0, part.values);
  return part;
}

}  // namespace bench
