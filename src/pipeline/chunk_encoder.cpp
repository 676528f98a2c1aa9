#include "pipeline/chunk_encoder.hpp"

#include <algorithm>

#include "base/filters.hpp"
#include "codec/shuffle.hpp"
#include "pipeline/assemble_chunk.hpp"
#include "pipeline/assemble_planes.hpp"
#include "pipeline/field_summaries.hpp"

namespace tessera::pipeline {

bool is_encoded_by_owner(const schema::Field& field) { return has_filters(*field.codec) && !field.spans_steps(); }

void ChunkEncoder::reserve(const schema::Field& field, std::size_t chunk_bytes) {
  memories_.try_emplace(field.path);
  if (!is_encoded_by_owner(field)) return;  // assembled where it is written from
  raw_.reserve(chunk_bytes);
  slab_.reserve(slab_bytes);
  if (encoder_for(*field.codec) == nullptr) tools_.push_back({*field.codec, codec::make_encoder(*field.codec)});
}

bool ChunkEncoder::is_ready(const schema::Field& field, std::size_t chunk_bytes) const {
  if (!memories_.contains(field.path)) return false;
  return !is_encoded_by_owner(field) || (raw_.size() >= chunk_bytes && encoder_for(*field.codec) != nullptr);
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
  const bool is_encoded = is_encoded_by_owner(field);
  if (slot.is_assembled)
    return is_encoded ? encode_in_place(slot, buffer) : take_assembled(slot, buffer.first(slot.raw_bytes));
  const std::span<std::byte> raw = is_encoded ? raw_.first(slot.raw_bytes) : buffer.first(slot.raw_bytes);
  if (is_encoded && assemble_planes(slot, slab_.first(slab_bytes), raw)) {
    return encode_planes(field, raw, buffer);
  }
  assemble_chunk(slot, exchange, raw);
  return is_encoded ? encode_assembled(slot, raw, buffer) : take_assembled(slot, raw);
}

std::size_t ChunkEncoder::encode_planes(const schema::Field& field, std::span<const std::byte> planes,
                                        std::span<std::byte> buffer) {
  const codec::Chunk chunk{planes, size_of(field.stored), codec::Arrangement::planes};
  return encoder_for(*field.codec)->encode(chunk, memories_.at(field.path), buffer);
}

/// The elements make way for what they are encoded to: they are shuffled to other memory, or copied.
std::size_t ChunkEncoder::encode_in_place(const Batch::Slot& slot, std::span<std::byte> buffer) {
  const schema::Field& field = *slot.unit->data->field;
  const std::size_t element_bytes = size_of(field.stored);
  const std::span<const std::byte> elements = buffer.first(slot.raw_bytes);
  const std::span<std::byte> raw = raw_.first(slot.raw_bytes);
  if (uses_shuffle(*field.codec, element_bytes) && !begins_constant(elements, element_bytes)) {
    take_assembled(slot, elements);
    codec::shuffle(elements, element_bytes, raw);
    return encode_planes(field, raw, buffer);
  }
  std::ranges::copy(elements, raw.begin());
  return encode_assembled(slot, raw, buffer);
}

std::size_t ChunkEncoder::encode_assembled(const Batch::Slot& slot, std::span<const std::byte> raw,
                                           std::span<std::byte> buffer) {
  take_assembled(slot, raw);
  const schema::Field& field = *slot.unit->data->field;
  return encoder_for(*field.codec)->encode({raw, size_of(field.stored)}, memories_.at(field.path), buffer);
}

/// Statistics are taken as long as a cache holds the chunk.
std::size_t ChunkEncoder::take_assembled(const Batch::Slot& slot, std::span<const std::byte> raw) {
  const FieldData& data = *slot.unit->data;
  if (!slot.summaries.empty()) summarise_chunk(*data.field, *data.plan, *slot.chunk, raw, slot.summaries);
  return raw.size();
}

std::size_t ChunkEncoder::bytes() const {
  std::size_t total = raw_.size() + slab_.size();
  for (const Tool& tool : tools_) total += codec::scratch_bytes(tool.codec, raw_.size());
  return total;
}

}  // namespace tessera::pipeline
