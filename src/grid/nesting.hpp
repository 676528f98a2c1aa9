#pragma once

#include <optional>
#include <span>

#include <tessera/box.hpp>

namespace tessera::grid {

/// The number of the first of `boxes` that `cover` does not fill; nothing where it fills all of them. The boxes of
/// `cover` share no cells. They are cut at their faces until few are left in each part: O(n log n) for n boxes of both
/// as simulations have them, of whatever sizes.
std::optional<std::size_t> find_uncovered(std::span<const Box> boxes, std::span<const Box> cover);

}  // namespace tessera::grid
