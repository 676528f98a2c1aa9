#pragma once

#include <cstddef>

#include <tessera/array_ref.hpp>
#include <tessera/box.hpp>

#include "base/function_ref.hpp"
#include "pack/pack.hpp"
#include "schema/description.hpp"

namespace tessera::detail {

/// A box that was asked for.
struct GetBox {
  std::size_t field = 0;  ///< its number in the run
  Box box;
  AnyArray target;  ///< with extents, strides and halo
};

/// The copy of the cells `part` to the caller's memory for the box: the one place where that is written to. One job, or
/// one for each component that has an array of its own.
/// \param source the first of these cells, elements of `type`, or null; neighbours along each axis are `cell_strides`
/// cells apart, the components of a cell contiguous
/// \param run called with each job, and how many elements behind `source` it begins
void each_spread_job(const schema::Field& field, const GetBox& asked, const Box& part, const void* source,
                     DataType type, const Index& cell_strides,
                     FunctionRef<void(const pack::PackJob&, std::size_t first)> run);

/// The copy of a chunk's cells to a message: contiguous, in C order, elements as stored.
/// \param source the first of these cells
pack::PackJob piece_job(const schema::Field& field, const Box& part, const void* source, const Index& cell_strides,
                        std::byte* target);

}  // namespace tessera::detail
