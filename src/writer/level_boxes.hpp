#pragma once

#include <cstdint>
#include <vector>

#include "comm/communicator.hpp"
#include "writer/refinement_entry.hpp"

namespace tessera::detail {

/// What ranks gave of a refinement's levels.
struct CheckedBoxes {
  std::vector<std::vector<Box>> own;  ///< this rank's, of each level
  std::uint64_t stay = 0;             ///< bits of levels whose boxes are those before, on every rank in the same order
};

/// Checks the boxes that all ranks give of a refinement's levels. Collective; every rank gets to know all of them.
/// \throws Error the same on every rank: invalid_argument, out_of_bounds, overlap, not_covered
CheckedBoxes checked_boxes(const comm::Communicator& comm, const RefinementEntry& refinement, const LevelBoxes& own);

}  // namespace tessera::detail
