#pragma once

#include <string>

#include "schema/catalog.hpp"

/// \file
/// Whether a new run, field or scalar goes with what its group has.

namespace tessera::schema {

/// The name is one that the file can have, and is free in the group. \param kind "run", "field" or "scalar"
/// \throws Error invalid_argument, name_in_use
void check_free(const Group& group, const char* kind, const std::string& name);

/// The field can be stored, and its axes are those that are there, or have names that are free.
/// \throws Error invalid_argument, name_in_use, not_covered
void check_field(const Group& group, const Field& field);

/// A field or a scalar can lie on this time axis: one that is there, or whose name is free.
/// \param what "field 'u' of run 'a'" \param name its own
/// \throws Error invalid_argument, name_in_use
void check_time_axis(const Group& group, const std::string& what, const std::string& name,
                     const std::string& time_axis);

/// How many components the caller asks for: named ones need no number beside.
std::int64_t components_of(const FieldOptions<detail::ElementBytes>& options) noexcept;

}  // namespace tessera::schema
