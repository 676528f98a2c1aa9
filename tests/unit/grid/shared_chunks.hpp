#pragma once

#include <cstdint>
#include <span>

#include "grid/owned_box.hpp"

namespace tessera::grid {

/// What the library's division of a field is compared with: the chunks that boxes of more than one rank have cells of,
/// counted by one who knows all boxes. These are not empty and do not overlap. Example: a field of 10 x 4 in chunks of
/// 4 x 4, rank 0 with rows 0 to 5 and rank 1 with the rest: the chunk of rows 4 to 8 is shared, the result is 1.
///
/// Time and memory depend on the boxes and on where their faces lie in the chunks, not on the size of the field: chunks
/// that lie alike to all faces are counted at once, chunks inside a box not at all.
std::int64_t count_shared_chunks(const Index& shape, const Index& chunk, std::span<const OwnedBox> boxes);

}  // namespace tessera::grid
