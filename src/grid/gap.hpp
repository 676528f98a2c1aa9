#pragma once

#include <optional>
#include <span>

#include "grid/owned_box.hpp"

namespace tessera::grid {

/// A box of cells of `field` that none of `boxes` covers; nothing when they cover it. For error messages: one large
/// piece of what remains, not all of it, grown until it meets a box or the field's edge on every side. The boxes do not
/// overlap and lie inside the field. Example: a 10 x 4 field with the box [0:5, 0:4] alone has the gap [5:10, 0:4].
std::optional<Box> find_gap(const Box& field, std::span<const OwnedBox> boxes);

}  // namespace tessera::grid
