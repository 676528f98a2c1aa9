#pragma once

#include "pack/pack.hpp"
#include "pipeline/stages.hpp"

namespace tessera::pipeline {

/// The copy of the cells `part` of a put box to `target`, where neighbouring cells along each axis are `cell_strides`
/// cells apart and the components of a cell are contiguous. The put is readable().
pack::PackJob piece_job(const schema::Field& field, const PutBox& put, const Box& part, std::byte* target,
                        const Index& cell_strides);

/// The copy of cells that arrived in a message, contiguous and of the stored type, to `target`.
pack::PackJob arrived_job(const schema::Field& field, const Box& part, const std::byte* source, std::byte* target,
                          const Index& cell_strides);

}  // namespace tessera::pipeline
