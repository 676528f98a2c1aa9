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

/// True when two of the boxes share cells. Boxes that are not empty are cut at their faces until few are left in each
/// part: O(n log n) for n boxes as simulations have them.
bool any_overlap(std::span<const Box> boxes);

/// A box of cells of `field` that none of `boxes` covers; nothing when they cover it. For error messages: one large
/// piece of what remains, not all of it, grown until it meets a box or the field's edge on every side. The boxes do not
/// overlap and lie inside the field. Example: a 10 x 4 field with the box [0:5, 0:4] alone has the gap [5:10, 0:4].
std::optional<Box> find_gap(const Box& field, std::span<const OwnedBox> boxes);

}  // namespace tessera::grid
