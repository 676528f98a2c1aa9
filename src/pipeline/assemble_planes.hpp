#pragma once

#include <cstddef>
#include <span>

#include "pipeline/batch.hpp"

namespace tessera::pipeline {

/// Memory that assemble_planes() wants besides the chunk's: what the first caches of a core hold.
inline constexpr std::size_t slab_bytes = std::size_t{128} << 10;

/// Whether a chunk's first slab of elements are all equal: it may be true of all of it, which encoders make use of.
bool begins_constant(std::span<const std::byte> elements, std::size_t element_bytes);

/// Brings a chunk together as its byte planes (codec::Arrangement::planes), slab by slab, so that its elements never
/// leave the cache: of a chunk that one piece of this rank's own fills, of a field that is shuffled. Any thread.
///
/// \param slab   of slab_bytes, overwritten
/// \param planes of the chunk's size
/// \returns whether that was possible; else, or where the chunk begins with a slab of equal elements, which may be true
///          of all of it, it has to be assembled otherwise
bool assemble_planes(const Batch::Slot& slot, std::span<std::byte> slab, std::span<std::byte> planes);

}  // namespace tessera::pipeline
