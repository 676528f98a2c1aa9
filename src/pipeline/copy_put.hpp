#pragma once

#include "pipeline/stages.hpp"

namespace tessera::pipeline {

/// The address of a put's first owned element.
const std::byte* owned_memory(const PutBox& put);

/// Extents of the owned cells and components; 1 on axes with stride 0, which read the same elements again.
Index distinct_extents(const PutBox& put);

/// Bytes that copy_put takes.
std::size_t copied_bytes(const PutBox& put);

/// Reads the owned cells now and puts them into memory of the put's own: contiguous, in C order, without halo; what was
/// repeated with stride 0 still is. The caller's memory is let go.
void copy_put(PutBox& put);

}  // namespace tessera::pipeline
