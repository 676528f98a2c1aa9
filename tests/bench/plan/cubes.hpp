#pragma once

#include <cstdint>
#include <vector>

#include <tessera/box.hpp>

namespace bench {

/// A field of many small cubes, as codes with adaptive meshes have them: every rank owns a stretch of a curve through
/// all of them, or, scattered, cubes anywhere.
struct Cubes {
  int ranks = 1;
  std::int64_t boxes_per_rank = 100;
  bool scattered = false;
  std::int64_t edge = 8;  ///< cells of a cube along each axis

  /// The field that they lie in; its far end has none where the number of cubes is no cube itself.
  tessera::Index shape() const;
  /// By rank, in the order in which the rank has them.
  std::vector<std::vector<tessera::Box>> by_rank() const;
};

}  // namespace bench
