#pragma once

#include <optional>
#include <string>

#include <tessera/error.hpp>

#include "comm/communicator.hpp"
#include "hdf5/collective_file.hpp"
#include "pipeline/engine.hpp"
#include "storage/sentry.hpp"

namespace tessera::pipeline {

/// Stock parallel HDF5: the reference that other engines are compared with.
///
/// What a kill can do: a commit is flushed to the file as a whole, but between two commits HDF5 may update metadata
/// in place, so a file whose writer was killed can be unreadable.
class CollectiveEngine : public Engine {
 public:
  /// Creates the file. Collective. \throws Error the same on every rank
  CollectiveEngine(const comm::Communicator& comm, const storage::Place& place,
                   const hdf5::CollectiveFile::Hints& hints);

  /// HDF5 makes its own plan.
  std::shared_ptr<const ChunkPlan> plan(const schema::Field&, const Division&,
                                        std::shared_ptr<const ChunkPlan>) override {
    return nullptr;
  }
  /// Is the file what it was? Else no rank touches it.
  std::uint64_t word_of_root() noexcept override;
  void commit(const Commit& commit, std::uint64_t word_of_root) override;
  bool usable() const noexcept override { return usable_; }
  bool keeps_definitions() const noexcept override { return defined_; }
  void close() override;
  /// HDF5 would wait for the others: the file stays open.
  void leave() override {}
  bool closes_alone() const noexcept override { return false; }
  /// Parallel HDF5 1.10.8 fails where the list is beyond 64 KiB, 16 bytes each, and not on all ranks.
  std::size_t most_series() const noexcept override { return 4000; }
  const char* name() const noexcept override { return "collective"; }

 private:
  void require_open();
  void apply_together(const Commit& commit);
  std::optional<Error> write_fields(const Commit& commit);
  void finish(const Commit& commit);
  void undo(const Commit& commit);

  const comm::Communicator& comm_;
  std::optional<storage::Sentry> sentry_;  ///< on rank 0; outlives the file
  std::optional<hdf5::CollectiveFile> file_;
  std::optional<Error> not_intact_;        ///< on rank 0: what word_of_root() found
  bool usable_ = true;
  bool defined_ = false;  ///< by the last commit
};

}  // namespace tessera::pipeline
