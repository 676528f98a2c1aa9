#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include <tessera/error.hpp>

#include "base/buffer.hpp"
#include "comm/messages.hpp"
#include "pipeline/field_source.hpp"

namespace tessera::pipeline {

/// The messages of a group of units: pieces of chunks that travel to the rank that assembles them.
class GroupExchange {
 public:
  explicit GroupExchange(const comm::Communicator& comm) : messages_(comm) {}

  /// Memory for any group that this plan takes part in. \param group_bytes of raw chunks, where a group has several
  /// units
  /// \throws std::bad_alloc
  void reserve(const schema::Field& field, const ChunkPlan& plan, std::size_t group_bytes);
  /// The same for the messages of one group. \throws std::bad_alloc
  void reserve_messages(std::span<const Unit> group);

  /// Posts what arrives, packs and posts what leaves; waits for messages that left only where they take more memory
  /// than is set apart. A rank that cannot pack sends what is in its buffer: nobody will publish it.
  /// \param failure takes what packing throws
  void begin(std::span<const Unit> group, std::optional<Error>& failure);
  void progress() { messages_.progress(); }
  /// Waits for what arrives.
  void finish() { messages_.finish_receiving(); }
  /// Waits for what leaves.
  void finish_sending() { messages_.finish_sending(); }

  /// Where the cells of an arrived piece begin. \param unit number in the group
  const std::byte* arrived(std::size_t unit, const RemotePiece& piece, const schema::Field& field) const;

  std::size_t peak_bytes() const noexcept { return peak_bytes_; }

 private:
  void receive(const Unit& unit);
  void send(const Unit& unit, std::optional<Error>& failure);

  Buffer incoming_;
  Buffer outgoing_;
  std::size_t received_bytes_ = 0;
  std::size_t sent_bytes_ = 0;
  std::size_t peak_bytes_ = 0;
  struct Arrivals {
    std::size_t first = 0;   ///< message of the unit, in ChunkPlan::incoming
    std::size_t begins = 0;  ///< of its messages in incoming_: from here on in begins_
  };
  std::vector<Arrivals> arrivals_;  ///< by unit
  std::vector<std::size_t> begins_;
  comm::Messages messages_;  ///< the last member: it waits for messages that use the others
};

}  // namespace tessera::pipeline
