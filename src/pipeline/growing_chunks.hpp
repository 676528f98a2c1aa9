#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "codec/codec.hpp"
#include "hdf5/tree_set.hpp"
#include "pipeline/registrations.hpp"
#include "pipeline/stages.hpp"

namespace tessera::pipeline {

/// On rank 0: the last chunks of fields whose chunks have several steps (FieldOptions::chunk). Each commit that
/// has a step of one encodes it as far as it is; what it had before stays in memory, or is read from the file.
class GrowingChunks {
 public:
  /// Adds to a record the chunks that get a step, and those that lose some (schema::CutSteps). \param rows of all ranks
  /// \throws Error hdf5, storage, out_of_memory
  void add_to(hdf5::Record& record, const Commit& commit, std::span<const StepRow> rows, hdf5::TreeSet& trees);
  /// The record is in the file; or it is not, or nobody knows.
  void committed() noexcept;
  void failed() noexcept;

 private:
  struct Growing {
    schema::SpanningChunk chunk;
    std::vector<std::byte> raw;         ///< all its steps; behind the last one that was put as if nobody had put any
    std::int64_t first_step = -1;       ///< -1: it is not in memory
    std::int64_t in_file = 0;           ///< steps of it that are in the file as they are here
    std::int64_t now = 0;               ///< with those of the record on its way
    std::optional<hdf5::Extent> found;  ///< where it was read from
    codec::FieldMemory memory;
    bool is_changed = false;  ///< by the record on its way
  };

  Growing& begin(const std::string& path, const schema::SpanningChunk& chunk, std::int64_t step, bool is_new,
                 hdf5::TreeSet& trees);
  static void clear_from(Growing& growing, std::int64_t row);
  static void read_back(Growing& growing, const std::string& path, std::int64_t first, hdf5::TreeSet& trees);
  void encode(Growing& growing, const std::string& path, hdf5::Record& record);
  codec::Encoder& encoder_for(const Codec& codec);

  std::map<std::string, Growing> fields_;
  std::vector<std::pair<Codec, std::unique_ptr<codec::Encoder>>> encoders_;
  std::vector<std::byte> encoded_;
};

}  // namespace tessera::pipeline
