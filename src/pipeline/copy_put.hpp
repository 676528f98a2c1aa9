#pragma once

#include <vector>

#include "pipeline/stages.hpp"

namespace tessera::pipeline {

/// The put itself; or where each component has an array of its own, one put for each.
std::vector<PutBox> single_puts(const PutBox& put);

/// Whether some of its memory can be reached through a device alone.
bool is_on_device(const PutBox& put);

/// The address of a single put's first owned element.
const std::byte* owned_memory(const PutBox& put);

/// Extents of the owned cells and components of a single put; 1 on axes with stride 0, which read the same elements
/// again.
Index distinct_extents(const PutBox& put);

/// Bytes that copy_put takes.
std::size_t copied_bytes(const PutBox& put);

/// Reads the owned cells now and puts them into memory of the put's own: contiguous, in C order, without halo; what was
/// repeated with stride 0 still is. The caller's memory is let go.
void copy_put(PutBox& put);

}  // namespace tessera::pipeline
