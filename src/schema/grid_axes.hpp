#pragma once

#include <vector>

#include <tessera/grid.hpp>
#include <tessera/options.hpp>

#include "schema/axis.hpp"

/// \file
/// What a grid, as the caller gives it, means: the axes of its points, cells, faces and edges.

namespace tessera::schema {

/// The most coordinates of an axis that are written: they are in every copy of the metadata, 32 MiB here.
inline constexpr std::int64_t max_coordinates = std::int64_t{1} << 22;

/// \param why "has ...". \throws Error invalid_argument always
[[noreturn]] void refuse_grid(const std::string& why);

/// Whether some axis has its coordinates as values; whether some has those of rank 0, which others need not know.
bool has_values(const Grid& grid);
bool has_values_of_rank_0(const Grid& grid);

/// The coordinates that every rank gives are such as axes_of takes, and those of rank 0 too where `is_rank_0`.
/// \throws Error invalid_argument
void check_values(const Grid& grid, bool is_rank_0);

/// The axes of a field on this grid, with defaults filled in. Coordinates of rank 0 are there.
/// \throws Error invalid_argument: wrong numbers of axes, names or spacings, extents below 1, values that are not
/// finite or do not increase, a location that needs an axis more
std::vector<Axis> axes_of(const Grid& grid, Location location);

}  // namespace tessera::schema
