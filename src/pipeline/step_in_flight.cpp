#include "pipeline/step_in_flight.hpp"

#include <algorithm>
#include <utility>

namespace tessera::pipeline {

void StepInFlight::list_chunks() noexcept {
  for (auto& of_field : placed) of_field.clear();
  rows.clear();
  for (Batch& batch : batches) {
    for (const Batch::Slot& slot : batch.slots()) {
      if (slot.is_row) {
        const auto after = std::ranges::upper_bound(rows, slot.unit->field, {}, &StepRow::field);
        rows.insert(after, {slot.unit->field, batch.buffer_of(slot).first(slot.raw_bytes)});
        continue;
      }
      const auto bytes = static_cast<std::uint32_t>(slot.encoded_bytes);
      placed[slot.unit->field].push_back({slot.chunk->number, slot.address, bytes});
    }
  }
}

std::uint64_t StepInFlight::rest() noexcept {
  std::uint64_t total = 0;
  for (Batch& batch : batches) {
    for (const Batch::Slot& slot : batch.slots()) total += slot.address == 0 ? slot.encoded_bytes : 0;
  }
  return total;
}

void StepInFlight::write_rest(storage::File& file, std::uint64_t address) {
  for (Batch& batch : batches) {
    std::vector<std::span<const std::byte>> list;
    const std::uint64_t begin = address;
    for (Batch::Slot& slot : batch.slots()) {
      if (slot.address != 0 || slot.is_row) continue;
      list.push_back(batch.buffer_of(slot).first(slot.encoded_bytes));
      slot.address = std::exchange(address, address + slot.encoded_bytes);
    }
    if (list.empty()) continue;
    file.write_parts(begin, list);
    count_requests(requests, begin, list);
  }
}

}  // namespace tessera::pipeline
