#include "pipeline/batch.hpp"

#include <algorithm>

#include "base/round_up.hpp"

namespace tessera::pipeline {

std::size_t chunk_bytes_of(const schema::Field& field, const grid::ChunkGrid& grid) {
  return bytes_of(grid.chunk_volume(), field);
}

std::size_t slot_bytes(const schema::Field& field, const grid::ChunkGrid& grid) {
  const std::size_t capacity = codec::encoded_capacity(*field.codec, chunk_bytes_of(field, grid));
  return round_up(capacity, Buffer::alignment);  // threads do not write to each other's cache lines
}

void Batch::begin(std::span<const Unit> group) {
  slots_.clear();
  for (std::size_t number = 0; number < group.size(); ++number) {
    for (const OwnChunk& chunk : of_round(group[number].data->plan->chunks, group[number].round)) {
      slots_.push_back({&group[number], number, &chunk});
    }
  }
  const auto remote =
      std::ranges::stable_partition(slots_, [](const Slot& slot) { return slot.chunk->remote.empty(); });
  local_ = slots_.size() - remote.size();
  std::size_t offset = 0;
  for (Slot& slot : slots_) {
    const FieldData& data = *slot.unit->data;
    slot.raw_bytes = chunk_bytes_of(*data.field, data.plan->grid);
    slot.offset = offset;
    slot.capacity = slot_bytes(*data.field, data.plan->grid);
    offset += slot.capacity;
  }
  memory_.reserve(offset);
  peak_bytes_ = std::max(peak_bytes_, offset);
}

std::size_t Batch::bytes() const {
  std::size_t total = 0;
  for (const Slot& slot : slots_) total += slot.encoded_bytes;
  return total;
}

std::vector<std::span<const std::byte>> Batch::parts(std::span<const Piece> pieces) const {
  std::vector<std::span<const std::byte>> parts;
  parts.reserve(pieces.size());
  for (const Piece& piece : pieces) {
    const Slot& slot = slots_[piece.number];
    parts.push_back({memory_.data() + slot.offset, slot.encoded_bytes});
  }
  return parts;
}

std::size_t Batch::place_summaries(FieldSummaries& summaries, std::span<pack::Summary> memory) {
  std::size_t taken = 0;
  for (Slot& slot : slots_) {
    slot.summaries = memory.subspan(taken, summaries.of(slot.unit->field).size());
    std::ranges::fill(slot.summaries, pack::Summary{});
    taken += slot.summaries.size();
  }
  return taken;
}

void Batch::add_summary(const Slot& slot, FieldSummaries& summaries) {
  const std::span<pack::Summary> of_field = summaries.of(slot.unit->field);
  for (std::size_t entry = 0; entry < of_field.size(); ++entry) pack::merge(of_field[entry], slot.summaries[entry]);
}

void Batch::add_summaries(FieldSummaries& summaries) const {
  for (const Slot& slot : slots_) add_summary(slot, summaries);
}

}  // namespace tessera::pipeline
