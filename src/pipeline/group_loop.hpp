#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/attempt.hpp"
#include "pipeline/group_exchange.hpp"
#include "pipeline/statistics.hpp"

namespace tessera::pipeline {

/// Rounds of fields that go together: of one field, or of several small ones.
using Group = std::vector<Unit>;

/// Rounds are put together up to this many bytes before encoding: enough that a round's synchronisation costs nothing
/// against its encoding, and little enough that a cache may still hold what is written.
inline constexpr std::size_t group_bytes = std::size_t{8} << 20;

/// The groups of a commit, the same ones on every rank. \throws std::bad_alloc
std::vector<Group> groups_of(std::span<const FieldData> fields);

/// Goes through groups: while one is worked at, the messages of the next one travel. All ranks go through the same
/// groups together.
class GroupLoop {
 public:
  explicit GroupLoop(const comm::Communicator& comm) : exchanges_{GroupExchange(comm), GroupExchange(comm)} {}

  /// Memory for a field's plan, and for groups. \throws std::bad_alloc
  void reserve(const schema::Field& field, const ChunkPlan& plan);
  void reserve_messages(std::span<const Group> groups);

  /// Calls body(group, exchange) for one after the other; in there the exchange of the group has been begun, and is to
  /// be finished. Returns when the memory of the fields' puts is not needed any more.
  /// \param failure takes what packing throws
  /// \param seconds of that, and of waiting, are added
  template <class Body>
  void run(std::span<Group> groups, std::optional<Error>& failure, double& seconds, Body&& body) {
    if (!groups.empty()) begin(groups[0], exchanges_[0], failure, seconds);
    for (std::size_t number = 0; number < groups.size(); ++number) {
      if (number + 1 < groups.size()) begin(groups[number + 1], exchanges_[(number + 1) % 2], failure, seconds);
      body(groups[number], exchanges_[number % 2]);
      for (Unit& unit : groups[number]) unit.source.reset();
    }
  }

  /// Waits for what leaves.
  void finish() {
    for (GroupExchange& exchange : exchanges_) exchange.finish_sending();
    source_.reset();
  }

  std::size_t peak_bytes() const noexcept { return exchanges_[0].peak_bytes() + exchanges_[1].peak_bytes(); }

 private:
  void begin(Group& group, GroupExchange& exchange, std::optional<Error>& failure, double& seconds);

  std::array<GroupExchange, 2> exchanges_;
  std::shared_ptr<const FieldSource> source_;  ///< of the field whose units come next
};

}  // namespace tessera::pipeline
