#include "pipeline/chunk_encoder.hpp"

#include <algorithm>
#include <cstring>

#include "base/extents.hpp"
#include "pipeline/field_summaries.hpp"
#include "pipeline/piece_job.hpp"

namespace tessera::pipeline {

namespace {

/// Fills a chunk with the field's fill value, or with zeros beyond its edge.
void prefill(const schema::Field& field, std::span<std::byte> chunk) {
  if (!field.fill) {
    std::ranges::fill(chunk, std::byte{0});
    return;
  }
  const std::span<const std::byte> element = *field.fill;
  for (std::size_t at = 0; at < chunk.size(); at += element.size()) {
    std::memcpy(chunk.data() + at, element.data(), element.size());
  }
}

/// Copies all pieces of a chunk to where they belong in it.
void assemble(const Batch::Slot& slot, const GroupExchange& exchange, std::span<std::byte> raw) {
  const FieldSource& source = *slot.unit->source;
  const OwnChunk& chunk = *slot.chunk;
  const schema::Field& field = source.field();
  const grid::ChunkGrid& grid = source.data().plan->grid;
  if (!chunk.whole) prefill(field, raw);
  const Index strides = row_major_strides(grid.chunk);
  const Index lower = grid.cells_of(chunk.number).lower;
  const auto place_of = [&](const Box& part) {
    std::int64_t offset = 0;
    for (std::size_t axis = 0; axis < lower.size(); ++axis) offset += (part.lower[axis] - lower[axis]) * strides[axis];
    return raw.data() + bytes_of(offset, field);
  };
  for (const LocalPiece& piece : chunk.local) {
    pack::pack_here(piece_job(field, source.put(piece.number), piece.part, place_of(piece.part), strides));
  }
  for (const RemotePiece& piece : chunk.remote) {
    pack::pack_here(
        arrived_job(field, piece.part, exchange.arrived(slot.number, piece, field), place_of(piece.part), strides));
  }
}

}  // namespace

void ChunkEncoder::reserve(const schema::Field& field, std::size_t chunk_bytes) {
  memories_.try_emplace(field.path);
  if (!has_filters(*field.codec)) return;  // assembled where it is written from
  raw_.reserve(chunk_bytes);
  if (encoder_for(*field.codec) == nullptr) tools_.push_back({*field.codec, codec::make_encoder(*field.codec)});
}

codec::Encoder* ChunkEncoder::encoder_for(const Codec& codec) const {
  const auto found = std::ranges::find(tools_, codec, &Tool::codec);
  return found == tools_.end() ? nullptr : found->encoder.get();
}

void ChunkEncoder::learn_from(const ChunkEncoder& other, const schema::Field& field) {
  const auto known = other.memories_.find(field.path);
  const auto own = memories_.find(field.path);
  if (own == memories_.end() || known == other.memories_.end()) return;  // this rank has no chunk of it
  if (own->second.chunks == 0) own->second = known->second;
}

std::size_t ChunkEncoder::encode(const Batch::Slot& slot, const GroupExchange& exchange, std::span<std::byte> buffer) {
  const schema::Field& field = *slot.unit->data->field;
  const bool is_encoded = has_filters(*field.codec);
  const std::span<std::byte> raw = is_encoded ? raw_.first(slot.raw_bytes) : buffer.first(slot.raw_bytes);
  assemble(slot, exchange, raw);
  if (!slot.summaries.empty()) {  // as long as a cache holds the chunk
    summarise_chunk(field, *slot.unit->data->plan, *slot.chunk, raw, slot.summaries);
  }
  if (!is_encoded) return slot.raw_bytes;
  return encoder_for(*field.codec)->encode({raw, size_of(field.stored)}, memories_.at(field.path), buffer);
}

std::size_t ChunkEncoder::bytes() const {
  std::size_t total = raw_.size();
  for (const Tool& tool : tools_) total += codec::scratch_bytes(tool.codec, raw_.size());
  return total;
}

}  // namespace tessera::pipeline
