#pragma once

#include <optional>
#include <span>

#include <tessera/box.hpp>

namespace tessera::grid {

/// The number of the first of `boxes` that `cover` does not fill; nothing where it fills all of them. The boxes of
/// `cover` share no cells. About linear in both where boxes of `cover` are of like size, as those of a level are.
std::optional<std::size_t> find_uncovered(std::span<const Box> boxes, std::span<const Box> cover);

}  // namespace tessera::grid
