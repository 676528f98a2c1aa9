#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <tessera/box.hpp>

/// \file
/// Lists of boxes that are divided at faces of theirs until few are left in each part.

namespace tessera::grid {

/// A box, or what of it is in some region, and its number in the list that the caller gave.
struct BoxPart {
  Box box;
  std::size_t number = 0;
};

/// A plane that divides a region.
struct Cut {
  std::size_t axis = 0;
  std::int64_t at = 0;
};

/// Those that are not empty, with their numbers.
std::vector<BoxPart> parts_of(std::span<const Box> boxes);

/// The smallest box around them. At least one.
Box bounding_box(std::span<const BoxPart> parts);

/// Of all together, saturating.
std::int64_t cells_of(std::span<const BoxPart> parts) noexcept;

/// The middle one of the faces inside the region, on the axis where that divides the parts best; on that axis half of
/// the faces are left inside each side. Nothing where all parts fill the region.
std::optional<Cut> best_cut(const Box& region, std::span<const BoxPart> parts);

/// Both sides of a region.
std::pair<Box, Box> divided(const Box& region, const Cut& cut);
/// What lies on each side of a cut.
std::pair<std::vector<BoxPart>, std::vector<BoxPart>> divided(std::vector<BoxPart> parts, const Cut& cut);

}  // namespace tessera::grid
