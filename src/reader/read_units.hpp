#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "comm/communicator.hpp"
#include "reader/read_plan.hpp"

/// \file
/// A plan cut into units: some chunks of a field that follow each other, about a mebibyte of them. What a rank sends
/// another one of a unit is one message, and all ranks go through units and messages in the same order.

namespace tessera::detail {

/// Cells of a chunk that go into a message.
struct PackedPiece {
  Box part;
  std::size_t offset = 0;  ///< in the unit's messages
};

/// One message of a unit. Ranks that want the same get the same bytes.
struct UnitMessage {
  int to = 0;
  std::size_t offset = 0;  ///< in the unit's messages
  std::size_t bytes = 0;
};

struct UnitChunk {
  const OwnChunk* chunk = nullptr;
  std::vector<PackedPiece> packed;
};

/// What this rank reads at once.
struct ReadUnit {
  std::vector<UnitChunk> chunks;
  std::vector<UnitMessage> messages;
  std::size_t message_bytes = 0;
};

/// What arrives of a unit from its owner.
struct Arrival {
  int from = 0;
  std::span<const RemotePiece> pieces;
  std::size_t bytes = 0;
};

struct ReadUnits {
  std::vector<ReadUnit> own;
  std::vector<Arrival> arriving;
  std::vector<RemotePiece> pieces;  ///< those of `arriving`
  std::size_t largest_message = 0;  ///< of those that arrive
};

/// Bytes of a whole chunk, decoded.
std::size_t chunk_bytes_of(const schema::Field& field);

/// Cuts `plan`, which stays. \param self this rank
ReadUnits make_units(const ReadSources& sources, const ReadPlan& plan, int self);

}  // namespace tessera::detail
