#pragma once

#include "comm/communicator.hpp"
#include "writer/refinement_entry.hpp"

namespace tessera::detail {

/// Checks the boxes that all ranks give of a refinement's levels. Collective; every rank gets to know all of them.
/// \returns this rank's boxes of each level
/// \throws Error the same on every rank: invalid_argument, out_of_bounds, overlap, not_covered
std::vector<std::vector<Box>> checked_boxes(const comm::Communicator& comm, const RefinementEntry& refinement,
                                            const LevelBoxes& own);

}  // namespace tessera::detail
