#include "support/blocks.hpp"

#include <mpi.h>

#include <algorithm>

#include "support/for_each_index.hpp"

namespace tessera_test {

using tessera::Box;
using tessera::Index;

namespace {

Blocks nothing(int ranks) { return Blocks(static_cast<std::size_t>(ranks)); }

Box whole(const Index& shape) { return {Index::filled(shape.size(), 0), shape}; }

/// Begin of part `part` of `parts`; the first parts are one longer where it does not divide.
std::int64_t begin_of(std::int64_t extent, std::int64_t parts, std::int64_t part) {
  return extent / parts * part + std::min(part, extent % parts);
}

}  // namespace

Blocks slabs(const Index& shape, int ranks, std::size_t axis) {
  Blocks blocks = nothing(ranks);
  for (int rank = 0; rank < ranks; ++rank) {
    Box box = whole(shape);
    box.lower[axis] = begin_of(shape[axis], ranks, rank);
    box.upper[axis] = begin_of(shape[axis], ranks, rank + 1);
    blocks[static_cast<std::size_t>(rank)].push_back(box);
  }
  return blocks;
}

Blocks bricks(const Index& shape, int ranks) {
  std::vector<int> dims(shape.size(), 0);
  MPI_Dims_create(ranks, static_cast<int>(dims.size()), dims.data());
  Index parts;
  for (const int dim : dims) parts.push_back(dim);
  Blocks blocks;
  for_each_index(parts, [&](const Index& part) {
    Box box = whole(shape);
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      box.lower[axis] = begin_of(shape[axis], parts[axis], part[axis]);
      box.upper[axis] = begin_of(shape[axis], parts[axis], part[axis] + 1);
    }
    blocks.push_back({box});
  });
  return blocks;
}

Blocks interleaved(const Index& shape, int ranks, std::size_t axis) {
  Blocks blocks = nothing(ranks);
  for (std::int64_t layer = 0; layer < shape[axis]; ++layer) {
    Box box = whole(shape);
    box.lower[axis] = layer;
    box.upper[axis] = layer + 1;
    blocks[static_cast<std::size_t>(layer % ranks)].push_back(box);
  }
  return blocks;
}

Blocks checkerboard(const Index& shape, int ranks, std::int64_t edge) {
  Blocks blocks = nothing(ranks);
  Index cubes;
  for (const std::int64_t extent : shape) cubes.push_back((extent + edge - 1) / edge);
  for_each_index(cubes, [&](const Index& cube) {
    Box box;
    std::int64_t colour = 0;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      colour += cube[axis];
      box.lower.push_back(cube[axis] * edge);
      box.upper.push_back(std::min(shape[axis], (cube[axis] + 1) * edge));
    }
    blocks[static_cast<std::size_t>(colour % ranks)].push_back(box);
  });
  return blocks;
}

Blocks all_on(const Index& shape, int ranks, int owner) {
  Blocks blocks = nothing(ranks);
  blocks[static_cast<std::size_t>(owner)].push_back(whole(shape));
  return blocks;
}

Blocks uneven_slabs(const Index& shape, int ranks, std::size_t axis) {
  const int parts = ranks * (ranks + 1) / 2;
  Blocks blocks = nothing(ranks);
  int part = 0;
  for (int rank = 0; rank < ranks; ++rank) {
    Box box = whole(shape);
    box.lower[axis] = begin_of(shape[axis], parts, part);
    part += rank + 1;
    box.upper[axis] = begin_of(shape[axis], parts, part);
    blocks[static_cast<std::size_t>(rank)].push_back(box);
  }
  return blocks;
}

std::vector<Box> flat(const Blocks& blocks) {
  std::vector<Box> all;
  for (const auto& of_rank : blocks) all.insert(all.end(), of_rank.begin(), of_rank.end());
  return all;
}

}  // namespace tessera_test
