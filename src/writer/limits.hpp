#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "schema/description.hpp"

/// \file
/// How much a file may hold of each thing. `what` names it in the errors, which are Error invalid_argument.

namespace tessera::detail {

/// The bytes of one step of a field, as a number: 2^62.
void check_bytes(const std::string& what, const schema::Field& field);

/// The chunks of `steps` steps with `chunks` of this shape each: HDF5 numbers a dataset's chunks in 32 bits, and does
/// not check.
void check_chunk_count(const std::string& what, std::int64_t chunks, const Index& chunk, std::int64_t steps);

/// The user's attributes of one object. HDF5 numbers an object's attributes in 16 bits; a field has some of the
/// library's too.
void check_attribute_count(const std::string& what, std::size_t count);

/// The bytes of an attribute's value as it is stored: every copy of the metadata has them.
void check_attribute_bytes(const std::string& what, const AttributeValue& value);

/// Fields and scalars of one run. \param most by the engine of that name
void check_series_count(const std::string& what, std::size_t count, std::size_t most, const std::string& engine);

}  // namespace tessera::detail
