#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/buffer.hpp"
#include "codec/codec.hpp"
#include "hdf5/placed_chunks.hpp"
#include "pack/summary.hpp"
#include "pipeline/exact_fit.hpp"
#include "pipeline/field_source.hpp"
#include "pipeline/field_summaries.hpp"

namespace tessera::pipeline {

/// Raw bytes that one thread encodes and writes together: a request that file systems like, and little enough that
/// threads end together.
inline constexpr std::size_t piece_bytes = std::size_t{2} << 20;

/// What this rank brings into the file at once: a few units' chunks, encoded. They lie apart in memory, each in a slot
/// with the capacity for whatever it is encoded to, and follow each other in the file.
class Batch {
 public:
  struct Slot {
    const Unit* unit = nullptr;
    std::size_t number = 0;  ///< of the unit in its group
    const OwnChunk* chunk = nullptr;
    std::size_t raw_bytes = 0;  ///< of the chunk
    std::size_t offset = 0;     ///< of its buffer in the batch's memory
    std::size_t capacity = 0;
    std::size_t encoded_bytes = 0;  ///< 0 until it is encoded, and of a row
    bool is_assembled = false;      ///< its buffer begins with the chunk's elements (Bands)
    bool is_row = false;            ///< of a chunk with several steps, and assembled: its buffer begins with it
    std::uint64_t address = 0;      ///< in the file; 0 until that is known
    std::span<pack::Summary> summaries = {};  ///< where statistics of it go; none: nowhere
  };

  /// Lays out slots for a group of units: chunks without remote pieces first.
  void begin(std::span<const Unit> group);
  /// \throws std::bad_alloc; afterwards begin() does not, for groups of no more than that
  void reserve(std::size_t bytes) { memory_.reserve(bytes); }
  void reserve_slots(std::size_t count) { slots_.reserve(count); }

  std::vector<Slot>& slots() noexcept { return slots_; }
  std::size_t local_slots() const noexcept { return local_; }  ///< that need no message
  std::span<std::byte> buffer_of(const Slot& slot) const { return {memory_.data() + slot.offset, slot.capacity}; }
  /// Encoded bytes, all slots together.
  std::size_t bytes() const;
  /// Of some slots, by their numbers, one after the other.
  std::vector<std::span<const std::byte>> parts(std::span<const Piece> pieces) const;
  std::size_t peak_bytes() const noexcept { return peak_bytes_; }

  /// Gives each slot its own part of `memory` for statistics, so that threads do not meet, and sums do not depend on
  /// who is first. \returns how much that takes
  std::size_t place_summaries(FieldSummaries& summaries, std::span<pack::Summary> memory);
  /// Adds one slot's to those of the commit; all slots'.
  static void add_summary(const Slot& slot, FieldSummaries& summaries);
  void add_summaries(FieldSummaries& summaries) const;

 private:
  Buffer memory_;
  std::vector<Slot> slots_;
  std::size_t local_ = 0;
  std::size_t peak_bytes_ = 0;
};

/// Bytes of a chunk of this field before encoding.
std::size_t chunk_bytes_of(const schema::Field& field, const grid::ChunkGrid& grid);
/// Bytes of a slot for one: the capacity that it may need when encoded, rounded up.
std::size_t slot_bytes(const schema::Field& field, const grid::ChunkGrid& grid);

}  // namespace tessera::pipeline
