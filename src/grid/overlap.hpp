#pragma once

#include <optional>
#include <span>

#include "grid/owned_box.hpp"

namespace tessera::grid {

/// Two boxes that share the cells `common`; `first` comes before `second` in (rank, number) order.
struct Overlap {
  OwnedBox first;
  OwnedBox second;
  Box common;
};

/// The first overlap, in (first, second) order, of one of `own` with one of `all`; a box does not overlap itself.
/// `own` is a part of `all`. Every rank asks for its own boxes, so that together they find every overlap: O(own * all).
std::optional<Overlap> find_overlap(std::span<const OwnedBox> own, std::span<const OwnedBox> all);

}  // namespace tessera::grid
