#include "pipeline/shared_estimates.hpp"

#include "comm/combine.hpp"

namespace tessera::pipeline {

/// Whether what is known is to be shared first.
bool SharedEstimates::begin(const Unit& unit) {
  const auto is_due = [](int before) { return before == 1 || before == 2 || before == 4 || before == 8; };
  Begun& begun = begun_[unit.data->field->path];
  if (unit.round == 0) {
    begun.groups = 1;
    return is_due(begun.commits++);
  }
  return begun.commits == 1 && is_due(begun.groups++);
}

void SharedEstimates::share(std::span<const Unit> group) {
  std::vector<const schema::Field*> due;
  const schema::Field* field = nullptr;
  for (const Unit& unit : group) {
    if (unit.data->field == field) continue;  // a later round of it
    field = unit.data->field;
    if (has_filters(field->codec) && begin(unit)) due.push_back(field);
  }
  std::vector<codec::PlaneEstimates> known(due.size());
  for (std::size_t number = 0; number < due.size(); ++number) {
    for (ChunkEncoder& encoder : encoders_) {
      if (const codec::FieldMemory* memory = encoder.memory_of(*due[number])) {
        codec::merge(known[number], memory->estimates);
      }
    }
  }
  known = comm::combine<codec::PlaneEstimates, codec::merge>(comm_, std::move(known));
  for (std::size_t number = 0; number < due.size(); ++number) {
    for (ChunkEncoder& encoder : encoders_) {
      if (codec::FieldMemory* memory = encoder.memory_of(*due[number])) codec::adopt(*memory, known[number]);
    }
  }
}

}  // namespace tessera::pipeline
