#include "pipeline/assemble_chunk.hpp"

#include "base/extents.hpp"
#include "base/fill_elements.hpp"
#include "pipeline/piece_job.hpp"

namespace tessera::pipeline {

std::byte* place_in_chunk(const Batch::Slot& slot, const Box& part, std::span<std::byte> raw) {
  const FieldData& data = *slot.unit->data;
  const Index strides = row_major_strides(data.plan->grid.chunk);
  const Index lower = data.plan->grid.cells_of(slot.chunk->number).lower;
  std::int64_t offset = 0;
  for (std::size_t axis = 0; axis < lower.size(); ++axis) offset += (part.lower[axis] - lower[axis]) * strides[axis];
  return raw.data() + bytes_of(offset, *data.field);
}

void assemble_chunk(const Batch::Slot& slot, const GroupExchange& exchange, std::span<std::byte> raw) {
  const FieldSource& source = *slot.unit->source;
  const OwnChunk& chunk = *slot.chunk;
  const schema::Field& field = source.field();
  if (!chunk.whole) {  // zeros lie beyond its edge where the field has no fill value
    fill_elements(raw, field.fill ? std::span<const std::byte>(*field.fill) : std::span<const std::byte>());
  }
  const Index strides = row_major_strides(source.data().plan->grid.chunk);
  for (const LocalPiece& piece : chunk.local) {
    each_piece_job(field, source.put(piece.number), piece.part, place_in_chunk(slot, piece.part, raw), strides,
                   [](const pack::PackJob& job) { pack::pack_here(job); });
  }
  for (const RemotePiece& piece : chunk.remote) {
    pack::pack_here(arrived_job(field, piece.part, exchange.arrived(slot.number, piece, field),
                                place_in_chunk(slot, piece.part, raw), strides));
  }
}

}  // namespace tessera::pipeline
