#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "grid/owned_box.hpp"

namespace tessera::grid {

/// What the choice of a chunk shape has to know about one axis of a field and its decomposition.
struct ChunkAxis {
  /// A plane inside the field where a block of one rank ends and another begins.
  struct Face {
    std::int64_t at = 0;
    double share = 1;  ///< how much of the field's cross-section it takes, up to 1
  };
  std::int64_t extent = 1;       ///< of the field
  std::int64_t max_block = 1;    ///< largest extent of a block
  double mean_block = 1;         ///< mean extent of the blocks
  std::vector<Face> faces;       ///< ascending; empty where no rank ends inside the field
  std::int64_t other_faces = 0;  ///< greatest common divisor of faces that were too many to keep; 0: all are here
};

/// Describes one axis. `blocks` are merged_boxes.
ChunkAxis describe_axis(const Index& shape, std::span<const OwnedBox> blocks, std::size_t axis);

/// A plane inside the field, with the areas of the blocks that end there (below) and begin there (above). Those of
/// all ranks can be added up wherever they meet.
struct Plane {
  std::int64_t at = 0;
  std::int64_t area_below = 0;
  std::int64_t area_above = 0;
};

/// The planes on which blocks end or begin, each once, ascending.
std::vector<Plane> planes_of(const Index& shape, std::span<const OwnedBox> blocks, std::size_t axis);

/// Adds up what is known of the same plane. Each once, ascending.
std::vector<Plane> added_up(std::vector<Plane> planes);

/// Those of the planes where blocks end and others begin; only right when the planes are those of all blocks.
std::vector<ChunkAxis::Face> faces_among(const Index& shape, std::span<const Plane> planes, std::size_t axis);

/// The part of the chunks, from 0 to 1, that a face cuts on this axis: 0 when the chunks follow the blocks. Exact for a
/// regular decomposition. Example: 10 cells with a face at 5 and chunks of 4: one of three chunks, 1/3.
double cut_share(const ChunkAxis& axis, std::int64_t chunk);

/// Extents worth trying, ascending, from 1 to min(`axis.extent`, `limit`). With `aligned`, only extents that no face
/// cuts: divisors of all faces. Without faces, and without `aligned`: powers of two, fractions and multiples of blocks.
std::vector<std::int64_t> candidate_extents(const ChunkAxis& axis, std::int64_t limit, bool aligned);

}  // namespace tessera::grid
