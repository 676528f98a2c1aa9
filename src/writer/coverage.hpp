#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include <tessera/error.hpp>

#include "grid/owned_box.hpp"
#include "schema/description.hpp"

/// \file
/// Every cell of a field is put once, or not at all where it has a fill value.

namespace tessera::detail {

/// Whether `cells` put cells are all of the field, or may be fewer. Boxes do not overlap, so volumes add up.
bool is_covered(const schema::Field& field, bool may_have_holes, std::int64_t cells);

/// \throws Error overlap where a box of this rank overlaps another one
void check_overlap(const schema::Field& field, std::span<const grid::OwnedBox> all, int rank);

/// Which cells are missing; nothing where none are.
std::optional<Error> gap_error(const schema::Field& field, std::span<const grid::OwnedBox> all);

/// Of a field on a mesh: which rank put nothing that has values of it; nothing where none did.
/// \param begins of each rank's part, then the end of the last one's
std::optional<Error> missing_rank_error(const schema::Field& field, std::span<const std::int64_t> begins,
                                        std::span<const grid::OwnedBox> all);

}  // namespace tessera::detail
