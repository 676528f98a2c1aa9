#include "pipeline/assemble_planes.hpp"

#include <algorithm>
#include <cstring>

#include "base/extents.hpp"
#include "base/filters.hpp"
#include "codec/shuffle.hpp"
#include "pipeline/piece_job.hpp"

namespace tessera::pipeline {

namespace {

/// A chunk has no layers along axes of length 1: the first that has some, or the last one.
std::size_t axis_of_layers(const Index& extents) {
  std::size_t axis = 0;
  while (axis + 1 < extents.size() && extents[axis] == 1) ++axis;
  return axis;
}

}  // namespace

bool begins_constant(std::span<const std::byte> elements, std::size_t element_bytes) {
  const std::size_t bytes = std::min(elements.size(), slab_bytes);
  return std::memcmp(elements.data(), elements.data() + element_bytes, bytes - element_bytes) == 0;
}

bool assemble_planes(const Batch::Slot& slot, std::span<std::byte> slab, std::span<std::byte> planes) {
  const FieldSource& source = *slot.unit->source;
  const OwnChunk& chunk = *slot.chunk;
  const schema::Field& field = source.field();
  const std::size_t element_bytes = size_of(field.stored);
  if (!chunk.whole || chunk.local.size() != 1 || !chunk.remote.empty() || !slot.summaries.empty() ||
      !uses_shuffle(*field.codec, element_bytes)) {
    return false;
  }
  const LocalPiece& piece = chunk.local.front();
  const Index extents = piece.part.extents();
  const std::size_t axis = axis_of_layers(extents);
  const std::size_t layer_bytes = planes.size() / static_cast<std::size_t>(extents[axis]);
  if (layer_bytes > slab.size() || planes.size() <= slab.size()) return false;
  const auto layers = static_cast<std::int64_t>(slab.size() / layer_bytes);
  const Index strides = row_major_strides(extents);
  for (std::int64_t first = 0; first < extents[axis]; first += layers) {
    Box part = piece.part;
    part.lower[axis] += first;
    part.upper[axis] = std::min(part.lower[axis] + layers, piece.part.upper[axis]);
    each_piece_job(field, source.put(piece.number), part, slab.data(), strides,
                   [](const pack::PackJob& job) { pack::pack_here(job); });
    const auto elements = slab.first(static_cast<std::size_t>(part.upper[axis] - part.lower[axis]) * layer_bytes);
    if (first == 0 && begins_constant(elements, element_bytes)) return false;
    codec::shuffle_part(elements, element_bytes, static_cast<std::size_t>(first) * layer_bytes / element_bytes, planes);
  }
  return true;
}

}  // namespace tessera::pipeline
