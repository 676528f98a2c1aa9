#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <utility>

#include <tessera/box.hpp>

namespace tessera::grid {

/// The numbers of two of the boxes that share cells, the lower one first; nothing where none do. Boxes that are not
/// empty are cut at their faces until few are left in each part: O(n log n) for n boxes as simulations have them, and
/// also where many share cells. The same boxes give the same pair.
std::optional<std::pair<std::size_t, std::size_t>> any_overlap(std::span<const Box> boxes);

}  // namespace tessera::grid
