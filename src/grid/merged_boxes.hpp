#pragma once

#include <span>
#include <vector>

#include "grid/owned_box.hpp"

namespace tessera::grid {

/// The boxes with neighbours of one rank joined where the union is a box again; empty boxes are left out. The result is
/// sorted and does not depend on the order or the numbers of `boxes` (its numbers are all 0).
///
/// Example: rank 0 with [0:2, 0:4] and [2:4, 0:4] and rank 1 with [4:6, 0:4] become [0:4, 0:4] and [4:6, 0:4].
std::vector<OwnedBox> merged_boxes(std::span<const OwnedBox> boxes);

}  // namespace tessera::grid
