#pragma once

#include <span>

#include <tessera/box.hpp>

namespace tessera::grid {

/// True when two of the boxes share cells. Boxes that are not empty are cut at their faces until few are left in each
/// part: O(n log n) for n boxes as simulations have them.
bool any_overlap(std::span<const Box> boxes);

}  // namespace tessera::grid
