#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/codec.hpp"
#include "comm/communicator.hpp"
#include "comm/exchange.hpp"
#include "hdf5/tree_set.hpp"
#include "pipeline/chunk_plan.hpp"
#include "pipeline/engine.hpp"
#include "storage/file.hpp"

namespace tessera::pipeline {

/// Tessera's own way into the file: ranks encode whole chunks and write them where nobody looks; rank 0 adds them to the
/// metadata and publishes it with one small write (hdf5/tree_set.hpp).
///
///     pack -> exchange -> encode -> place -> write, in rounds of chunks; then agree, commit on rank 0, agree
class DirectEngine : public Engine {
 public:
  struct Settings {
    bool overwrite = false;
    bool power_safe = false;
    std::chrono::milliseconds reader_grace{500};
    std::size_t memory_budget = 0;  ///< bytes; 0: a quarter of the rank's own bytes of a field, at least 64 MiB
  };

  /// Creates the file, complete and empty, in one step. Collective. \throws Error the same on every rank
  DirectEngine(const comm::Communicator& comm, const std::string& path, const Settings& settings);

  std::shared_ptr<const ChunkPlan> plan(const schema::Field& field, std::span<const grid::OwnedBox> all) override;
  void commit(const Commit& commit) override;
  bool usable() const noexcept override { return usable_; }
  void close() override;
  std::size_t peak_bytes() const noexcept override { return peak_bytes_; }
  bool closes_alone() const noexcept override { return true; }
  const char* name() const noexcept override { return "direct"; }

 private:
  /// What this rank brings into the file in a round: encoded chunks, one after the other.
  struct Batch {
    std::vector<std::byte> bytes;
    std::size_t used = 0;
    std::vector<hdf5::PlacedChunk> chunks;  ///< addresses count from the batch's begin until it is placed
  };
  struct Writing;

  void create(const std::string& path);
  codec::Encoder& encoder_of(const schema::Field& field);
  void reserve(const schema::Field& field, const ChunkPlan& plan);
  void write_field(const FieldData& data, Writing& writing);
  void send_pieces(const FieldData& data, int round, comm::Messages& messages, Writing& writing);
  void receive_pieces(const FieldData& data, int round, comm::Messages& messages);
  void encode_chunks(const FieldData& data, int round, bool with_remote, Writing& writing);
  void assemble(const FieldData& data, const OwnChunk& chunk, const Writing& writing);
  void write_batch(Writing& writing);
  void publish(const Commit& commit, const Writing& writing);

  const comm::Communicator& comm_;
  Settings settings_;
  std::unique_ptr<storage::File> file_;
  std::optional<hdf5::TreeSet> trees_;  ///< on rank 0
  bool usable_ = true;

  // Memory of a round, kept from commit to commit.
  std::vector<std::byte> raw_;                              ///< one chunk before encoding
  Batch batch_;
  std::vector<std::vector<std::byte>> incoming_;            ///< by position in the round
  std::vector<std::vector<std::byte>> outgoing_;
  std::map<std::pair<int, bool>, std::unique_ptr<codec::Encoder>> encoders_;  ///< by level and shuffle
  std::map<std::string, codec::FieldMemory> memories_;                       ///< by dataset
  std::size_t peak_bytes_ = 0;
};

}  // namespace tessera::pipeline
