#pragma once

#include <span>

#include "grid/chunk_choice.hpp"
#include "grid/owned_box.hpp"

/// \file
/// The choice of a chunk by one who knows all boxes, with the number of shared chunks counted.

namespace tessera::grid {

struct BoxesRequest : ChunkRequest {
  std::span<const OwnedBox> boxes;  ///< the decomposition: every rank's boxes, inside the field, no overlap
};

ChunkChoice choose_chunk(const BoxesRequest& request);
/// The same for a chunk shape that the user gave.
ChunkChoice given_chunk(const BoxesRequest& request, const Index& chunk);

}  // namespace tessera::grid
