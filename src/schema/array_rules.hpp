#pragma once

#include <cstdint>
#include <string>

#include <tessera/array_ref.hpp>
#include <tessera/box.hpp>

#include "schema/description.hpp"

/// \file
/// What a box of a field and the caller's memory for it have to be like, for writing and for reading.

namespace tessera::schema {

/// "field 'T' of run 'a'", for messages.
std::string described(const Field& field);

/// \throws Error invalid_argument, out_of_bounds
void check_box(const Field& field, const Box& box);

/// Checks an array and fills in what was left out: extents, strides and halo. Its type is the caller's business.
/// \throws Error not_initialized, shape_mismatch, invalid_argument
detail::AnyArray resolved(const Field& field, const Box& box, detail::AnyArray array);

/// Where a cell of the box is in such an array: elements behind its first one, which a halo begins with.
std::int64_t offset_of(const Index& cell, const Box& box, const detail::AnyArray& array) noexcept;

/// Adds the axes that a resolved array of a box of this rank has for components: their extents, and strides in C order.
void add_component_axes(const detail::AnyArray& array, std::size_t rank, Index& extents, Index& strides);

/// Where in a resolved array the cells of the box lie.
detail::DeviceMemory::Part owned_part(const Box& box, const detail::AnyArray& array);

}  // namespace tessera::schema
