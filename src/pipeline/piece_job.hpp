#pragma once

#include "base/function_ref.hpp"
#include "pack/pack.hpp"
#include "pipeline/stages.hpp"

namespace tessera::pipeline {

/// The copy of the cells `part` of a put box to `target`, where neighbouring cells along each axis are `cell_strides`
/// cells apart and the components of a cell are contiguous: one job, or one for each component that has an array of its
/// own. The put is readable().
void each_piece_job(const schema::Field& field, const PutBox& put, const Box& part, std::byte* target,
                    const Index& cell_strides, FunctionRef<void(const pack::PackJob&)> run);

/// The copy of cells that arrived in a message, contiguous and of the stored type, to `target`.
pack::PackJob arrived_job(const schema::Field& field, const Box& part, const std::byte* source, std::byte* target,
                          const Index& cell_strides);

}  // namespace tessera::pipeline
