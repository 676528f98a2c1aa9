#include "pipeline/group_loop.hpp"

#include "pipeline/batch.hpp"

namespace tessera::pipeline {

std::vector<Group> groups_of(std::span<const FieldData> fields) {
  std::vector<Group> groups;
  std::size_t bytes = group_bytes;  // full: the first unit begins a group
  for (std::size_t number = 0; number < fields.size(); ++number) {
    const FieldData& data = fields[number];
    const std::size_t most = static_cast<std::size_t>(data.plan->max_chunks) * slot_bytes(*data.field, data.plan->grid);
    for (int round = 0; round < data.plan->rounds; ++round) {
      if (bytes + most > group_bytes) {
        groups.emplace_back();
        bytes = 0;
      }
      groups.back().push_back({nullptr, &data, number, round});
      bytes += most;
    }
  }
  return groups;
}

void GroupLoop::reserve(const schema::Field& field, const ChunkPlan& plan) {
  for (GroupExchange& exchange : exchanges_) exchange.reserve(field, plan, group_bytes);
}

void GroupLoop::reserve_messages(std::span<const Group> groups) {
  for (const Group& group : groups) {
    for (GroupExchange& exchange : exchanges_) exchange.reserve_messages(group);
  }
}

void GroupLoop::begin(Group& group, GroupExchange& exchange, std::optional<Error>& failure, double& seconds) {
  const Timer timer(seconds);
  for (Unit& unit : group) {
    if (!source_ || &source_->data() != unit.data) {
      source_.reset();  // its host copies go before the next ones come
      attempt(failure, [&] { source_ = std::make_shared<FieldSource>(*unit.data); });
    }
    unit.source = source_;
  }
  exchange.begin(group, failure);
}

}  // namespace tessera::pipeline
