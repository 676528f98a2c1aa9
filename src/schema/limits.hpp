#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <tessera/error.hpp>

#include "schema/description.hpp"

/// \file
/// How much a file may hold of each thing. `what` names it in the errors, which are Error invalid_argument.

namespace tessera::schema {

/// The bytes of one step of a field, as a number: 2^62.
void check_bytes(const std::string& what, const Field& field);

/// Chunks that are chosen are not larger, but at least half as large where a field needs that to have no more chunks
/// than possible.
inline constexpr std::int64_t max_chosen_chunk = std::int64_t{16} << 20;
/// The least bytes of a chunk that is chosen for a field, so that this many steps have no more chunks than possible.
std::int64_t least_chunk_bytes(const Field& field, std::int64_t steps);

/// The most bytes of a chunk with several steps, which is in memory as long as it is not complete.
inline constexpr std::int64_t max_spanning_chunk = std::int64_t{16} << 20;

/// The chunks of `steps` steps of a field, where its chunk is known; else those that it will have at least. HDF5
/// numbers a dataset's chunks in 32 bits, and does not check.
void check_chunk_count(const std::string& what, const Field& field, std::int64_t steps);
/// \{ The same in two parts: what is asked needs no memory.
bool has_too_many_chunks(const Field& field, std::int64_t steps);
Error too_many_chunks(const std::string& what, const Field& field, std::int64_t steps);
/// \}

/// The user's attributes of one object. HDF5 numbers an object's attributes in 16 bits; a field has some of the
/// library's too.
void check_attribute_count(const std::string& what, std::size_t count);

/// The bytes of an attribute's value as it is stored.
std::size_t stored_bytes(const AttributeValue& value);

/// The same, as every copy of the metadata has them.
void check_attribute_bytes(const std::string& what, const AttributeValue& value);
void check_attribute_bytes(const std::string& what, std::size_t bytes);

/// Fields and scalars of one run. \param most by the engine of that name
void check_series_count(const std::string& what, std::size_t count, std::size_t most, const std::string& engine);

}  // namespace tessera::schema
