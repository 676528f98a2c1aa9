#include "pipeline/shared_estimates.hpp"

namespace tessera::pipeline {

/// Whether what is known is to be shared first.
bool SharedEstimates::begin(const Unit& unit) {
  const auto is_due = [](int before) { return before == 1 || before == 2 || before == 4 || before == 8; };
  Begun& begun = begun_.find(unit.data->field->path)->second;
  if (unit.round == 0) {
    begun.groups = 1;
    return is_due(begun.commits++);
  }
  return begun.commits == 1 && is_due(begun.groups++);
}

void SharedEstimates::share(std::span<const Unit> group) {
  due_.clear();
  const schema::Field* field = nullptr;
  for (const Unit& unit : group) {
    if (unit.data->field == field) continue;  // a later round of it
    field = unit.data->field;
    if (compresses(*field->codec) && begin(unit)) due_.push_back(field);
  }
  if (due_.empty()) return;
  const std::span<codec::PlaneEstimates> known = combination_.values(due_.size());
  for (std::size_t number = 0; number < due_.size(); ++number) {
    for (ChunkEncoder& encoder : encoders_) {
      if (const codec::FieldMemory* memory = encoder.memory_of(*due_[number])) {
        codec::merge(known[number], memory->estimates);
      }
    }
  }
  combination_.combine();
  for (std::size_t number = 0; number < due_.size(); ++number) {
    for (ChunkEncoder& encoder : encoders_) {
      if (codec::FieldMemory* memory = encoder.memory_of(*due_[number])) codec::adopt(*memory, known[number]);
    }
  }
}

}  // namespace tessera::pipeline
