#pragma once

#include <string>
#include <vector>

#include <tessera/grid.hpp>

#include "schema/catalog.hpp"

/// \file
/// Curvilinear grids: fields that say where the points of others are. CF-1.10, 5.2 and 5.6.

namespace tessera::schema {

/// The attribute of the fields with the places of points: the names of all of them, x first. CF's `coordinates` of
/// other fields has them in an order of its own.
inline constexpr const char* places_of = "places";

/// Gives a field that is declared on a grid the attributes by which readers find its places and its mapping.
/// \param group that it is to be in
/// \throws Error invalid_argument: wrong names, places that are not declared or lie on other axes
void tie_to_grid(const Group& group, const Grid& grid, Field& field);

/// A field that is asked for, without the places of its cells where the one in the file has none yet: tie_to_places
/// gives it those.
Field without_late_places(const Field& there, Field asked);

/// Gives fields that were declared before one with places of their cells what tie_to_grid would have given them now,
/// and that field itself, where it was in the file without. \param group that has the field `place` \return what makes
/// that of fields which are in the file or on their way
Operations tie_to_places(Group& group, const std::string& place);

/// The names in an attribute of a field, with blanks between them; none: it has no such.
std::vector<std::string> names_in(const Field& field, const std::string& attribute);

/// The names of the places that a field is one of; none: it is none.
inline std::vector<std::string> places_with(const Field& field) { return names_in(field, places_of); }

/// Whether a field is there for its attributes alone.
bool is_mapping(const Field& field);

}  // namespace tessera::schema
