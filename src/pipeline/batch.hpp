#pragma once

#include <cstddef>
#include <vector>

#include "base/buffer.hpp"
#include "codec/codec.hpp"
#include "hdf5/placed_chunks.hpp"
#include "pipeline/field_source.hpp"

namespace tessera::pipeline {

/// What this rank brings into the file at once: a few units' chunks, encoded. They lie apart in memory, each in a slot
/// of the raw chunk's size, and follow each other in the file.
class Batch {
 public:
  struct Slot {
    const Unit* unit = nullptr;
    std::size_t number = 0;     ///< of the unit in its group
    const OwnChunk* chunk = nullptr;
    std::size_t offset = 0;
    codec::Encoded encoded;     ///< size 0 until it is encoded
  };

  /// Lays out slots for a group of units: chunks without remote pieces first.
  void begin(std::span<const Unit> group);
  void reserve(std::size_t bytes) { memory_.reserve(bytes); }

  std::vector<Slot>& slots() noexcept { return slots_; }
  std::size_t local_slots() const noexcept { return local_; }  ///< that need no message
  std::span<std::byte> room_of(const Slot& slot) const;
  /// Encoded bytes, all slots together.
  std::size_t bytes() const;
  std::vector<std::span<const std::byte>> parts() const;
  std::size_t peak_bytes() const noexcept { return peak_bytes_; }

 private:
  Buffer memory_;
  std::vector<Slot> slots_;
  std::size_t local_ = 0;
  std::size_t peak_bytes_ = 0;
};

/// Bytes that the chunks of one round take before encoding, with what each slot is rounded up to.
std::size_t slot_bytes(const schema::Field& field, const grid::ChunkGrid& grid);

}  // namespace tessera::pipeline
