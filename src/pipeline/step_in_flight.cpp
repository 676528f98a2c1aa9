#include "pipeline/step_in_flight.hpp"

namespace tessera::pipeline {

void StepInFlight::list_chunks() noexcept {
  for (auto& of_field : placed) of_field.clear();
  for (Batch& batch : batches) {
    for (const Batch::Slot& slot : batch.slots()) {
      const auto bytes = static_cast<std::uint32_t>(slot.encoded_bytes);
      placed[slot.unit->field].push_back({slot.chunk->number, slot.address, bytes});
    }
  }
}

}  // namespace tessera::pipeline
