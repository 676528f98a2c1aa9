#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/buffer.hpp"
#include "codec/codec.hpp"
#include "pipeline/batch.hpp"
#include "pipeline/group_exchange.hpp"

namespace tessera::pipeline {

/// Whether the owner of a field's chunks encodes them. Those of one step in a chunk with several go to rank 0 as they
/// are (GrowingChunks).
bool is_encoded_by_owner(const schema::Field& field);

/// Assembles and encodes chunks, one at a time: what one thread needs for it.
class ChunkEncoder {
 public:
  /// Memory for chunks of a field. \throws std::bad_alloc
  void reserve(const schema::Field& field, std::size_t chunk_bytes);

  /// Knows of a field what another one has learnt, where it has learnt nothing itself.
  void learn_from(const ChunkEncoder& other, const schema::Field& field);

  /// What it has learnt of a field that it has memory for, or nullptr.
  codec::FieldMemory* memory_of(const schema::Field& field) {
    const auto found = memories_.find(field.path);
    return found == memories_.end() ? nullptr : &found->second;
  }

  /// Brings the pieces of a slot's chunk together and encodes them to the front of `buffer`, the slot's.
  /// Where the slot is assembled already, `buffer` begins with the chunk's elements.
  /// \returns bytes written
  std::size_t encode(const Batch::Slot& slot, const GroupExchange& exchange, std::span<std::byte> buffer);

  /// The same for a chunk whose pieces have been brought together, of a field with filters.
  std::size_t encode_assembled(const Batch::Slot& slot, std::span<const std::byte> raw, std::span<std::byte> buffer);
  /// And of one without: nothing but the statistics.
  static std::size_t take_assembled(const Batch::Slot& slot, std::span<const std::byte> raw);

  /// Whether reserve() has been called for the field, for chunks of this size.
  bool is_ready(const schema::Field& field, std::size_t chunk_bytes) const;

  /// Memory that it keeps, with the most that its encoders may.
  std::size_t bytes() const;

 private:
  /// An encoder for every codec that is used.
  struct Tool {
    Codec codec;
    std::unique_ptr<codec::Encoder> encoder;
  };
  codec::Encoder* encoder_for(const Codec& codec) const;
  std::size_t encode_planes(const schema::Field& field, std::span<const std::byte> planes, std::span<std::byte> buffer);
  std::size_t encode_in_place(const Batch::Slot& slot, std::span<std::byte> buffer);

  Buffer raw_;
  Buffer slab_;  ///< a part of a chunk, see assemble_planes
  std::vector<Tool> tools_;
  std::map<std::string, codec::FieldMemory, std::less<>> memories_;  ///< by dataset
};

}  // namespace tessera::pipeline
