#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "base/extents.hpp"
#include "comm/agree.hpp"
#include "pipeline/pack_field.hpp"
#include "schema/array_rules.hpp"
#include "writer/mesh_entry.hpp"
#include "writer/state.hpp"

/// \file
/// Values that ranks hold in an order of their own travel to where the file has them, before an engine sees them.

namespace tessera::detail {

namespace {

/// A field whose values travel.
struct Travel {
  int number = 0;
  const FieldEntry* field = nullptr;
  pipeline::FieldData data;   ///< what `own` may point into
  pipeline::PackedField own;  ///< in this rank's order
  pipeline::PutBox part;      ///< in the file's
  std::shared_ptr<std::byte[]> memory;

  const MeshSpaceEntry& space() const { return *field->space; }
  std::size_t bytes() const { return static_cast<std::size_t>(field->description().cell_bytes()); }
};

/// Memory for messages, by who goes where: one at a time travels.
using Messages = std::map<const comm::Redistribution*, std::shared_ptr<comm::Redistribution::Memory>>;

/// The memory that one of them takes, with the values packed.
Travel prepared(int number, const FieldEntry& field, pipeline::PutBox* put) {
  Travel travel;
  travel.number = number;
  travel.field = &field;
  const schema::Field& description = field.description();
  const MeshSpaceEntry& space = travel.space();
  if (put == nullptr && space.own > 0) {
    throw Error(ErrorCode::not_covered, schema::described(description) +
                                            " was put by other ranks, and not by this one, which has " +
                                            std::to_string(space.own) + " values of it; every rank puts what it has");
  }
  travel.data.field = &description;
  if (put != nullptr) travel.data.puts.push_back(std::move(*put));
  travel.own = pipeline::pack_field(travel.data);
  travel.part.box = space.stored;
  const auto bytes = static_cast<std::size_t>(space.stored.volume()) * travel.bytes();
  travel.memory.reset(new std::byte[bytes]);
  AnyArray& array = travel.part.array;
  array.data = travel.memory.get();
  array.owner = travel.memory;
  array.type = description.stored;
  array = schema::resolved(description, space.stored, std::move(array));
  return travel;
}

/// What values that travel take at once, where there is a budget.
class Needs {
 public:
  /// \param copied bytes that the step has copied already
  explicit Needs(std::size_t copied) : bytes_(copied) {}

  /// In the file's order; in its element type and without gaps, unless they lie so; and messages, of one field at a
  /// time.
  void add(const FieldEntry& field, const pipeline::PutBox* put) {
    const schema::Field& description = field.description();
    const auto cell = static_cast<std::size_t>(description.cell_bytes());
    bytes_ += static_cast<std::size_t>(field.space->stored.volume()) * cell;
    if (put != nullptr && !pipeline::is_packed(description, *put))
      bytes_ += static_cast<std::size_t>(put->box.volume()) * cell;
    std::size_t& widest = widest_[field.space->redistribution.get()];
    widest = std::max(widest, cell);
  }

  void check(const comm::Communicator& comm, std::size_t budget) const {
    std::size_t bytes = bytes_;
    for (const auto& [redistribution, widest] : widest_) bytes += redistribution->reserved_bytes(comm, widest);
    if (budget == 0 || bytes <= budget) return;
    throw Error(ErrorCode::out_of_memory,
                "values of fields on meshes with ids, their messages, and copies of tessera::copied, take " +
                    std::to_string(bytes) + " bytes on this rank until the commit ends, and Options::memory_budget " +
                    "allows " + std::to_string(budget) + " for them; raise it, or put fewer fields in a step");
  }

 private:
  std::size_t bytes_;
  std::map<const comm::Redistribution*, std::size_t> widest_;  ///< bytes of a value of its fields
};

Messages messages_of(const comm::Communicator& comm, const std::vector<Travel>& all) {
  std::map<const comm::Redistribution*, std::size_t> most;
  for (const Travel& travel : all) {
    std::size_t& bytes = most[travel.space().redistribution.get()];
    bytes = std::max(bytes, travel.bytes());
  }
  Messages messages;
  for (const auto& [redistribution, bytes] : most) messages[redistribution] = redistribution->reserve(comm, bytes);
  return messages;
}

}  // namespace

void WriterState::take_own_puts(StepEntry& step, const pipeline::Plan& plan) {
  const auto field_of = [&](int number) { return step.run->fields[static_cast<std::size_t>(number)].get(); };
  const auto travels = [&](int number) {
    const MeshSpaceEntry* space = field_of(number)->space.get();
    return space != nullptr && space->redistribution;
  };
  if (!std::ranges::any_of(plan.fields, travels)) return;  // on every rank
  std::vector<Travel> all;
  Messages messages;
  std::optional<Error> failure;
  attempt(failure, [&] {
    Needs needs(step.copied_bytes);
    const auto own_put = [&](int number) {
      const auto put = step.own_puts.find(number);
      return put == step.own_puts.end() ? nullptr : &put->second;
    };
    for (const int number : plan.fields) {
      if (travels(number)) needs.add(*field_of(number), own_put(number));
    }
    needs.check(comm_, options_.memory_budget);
    for (const int number : plan.fields) {
      if (!travels(number)) continue;
      all.push_back(prepared(number, *field_of(number), own_put(number)));
      if (!all.back().part.box.empty()) step.puts[number].reserve(1);
    }
    messages = messages_of(comm_, all);
  });
  comm::conclude(comm_, "values of a mesh", failure);
  for (Travel& travel : all) {
    const comm::Redistribution& redistribution = *travel.space().redistribution;
    redistribution.forward(comm_, static_cast<const std::byte*>(travel.own.data), travel.memory.get(), travel.bytes(),
                           messages.at(&redistribution));
    if (!travel.part.box.empty()) step.puts.at(travel.number).push_back(std::move(travel.part));
    travel.own = {};
    travel.data = {};
  }
}

}  // namespace tessera::detail
