#pragma once

#include <optional>
#include <string>

#include <tessera/error.hpp>

#include "comm/combine.hpp"
#include "comm/communicator.hpp"
#include "hdf5/collective_file.hpp"
#include "pipeline/engine.hpp"
#include "pipeline/field_summaries.hpp"
#include "storage/change_detector.hpp"

namespace tessera::pipeline {

/// Stock parallel HDF5: the reference that other engines are compared with.
///
/// What a kill can do: a commit is flushed to the file as a whole, but between two commits HDF5 may update metadata
/// in place, so a file whose writer was killed can be unreadable.
class CollectiveEngine : public Engine {
 public:
  CollectiveEngine(const comm::Communicator& comm, const storage::Place& place,
                   const hdf5::CollectiveFile::Hints& hints)
      : comm_(comm), combination_(comm), measures_of_all_(comm), place_(place), hints_(hints) {}

  void open() override;
  /// HDF5 makes its own plan.
  void plan(std::span<const DividedField> fields, KeepPlans keep) override;
  /// Is the file what it was? Else no rank touches it.
  std::uint64_t root_value() noexcept override;
  void commit(const Commit& commit, std::optional<Error> failure, std::uint64_t root_value) override;
  bool usable() const noexcept override { return usable_; }
  bool keeps_definitions() const noexcept override { return defined_; }
  void close() override;
  /// HDF5 would wait for the others: the file stays open.
  void leave() override {}
  bool closes_alone() const noexcept override { return false; }
  /// Parallel HDF5 1.10.8 fails where the list is beyond 64 KiB, 16 bytes each, and not on all ranks.
  std::size_t max_series() const noexcept override { return 4000; }
  const char* name() const noexcept override { return "collective"; }
  std::string storage_text() const override;
  const CommitMeasures* measures() const noexcept override { return has_measures_ ? &measures_ : nullptr; }

 private:
  void stripe();
  void require_open(std::optional<Error> failure);
  void apply_together(const Commit& commit);
  std::optional<Error> write_fields(const Commit& commit);
  void combine_summaries();
  void combine_measures(const Commit& commit);
  std::uint64_t file_size() const noexcept;
  void finish(const Commit& commit);
  void undo(const Commit& commit);

  const comm::Communicator& comm_;
  FieldSummaries summaries_;  ///< of the commit
  comm::Combination<pack::Summary, pack::merge> combination_;
  comm::Combination<CommitMeasures, merge> measures_of_all_;
  storage::Place place_;
  hdf5::CollectiveFile::Hints hints_;
  std::uint64_t stripes_ = 0;  ///< of a new file, that MPI-IO is asked for; 0: as the directory says
  std::optional<storage::ChangeDetector> change_detector_;  ///< on rank 0; outlives the file
  std::optional<hdf5::CollectiveFile> file_;
  std::optional<Error> not_intact_;  ///< on rank 0: what root_value() found
  bool usable_ = true;
  bool defined_ = false;  ///< by the last commit
  RankMeasures own_measures_{comm_.rank()};
  Statistics statistics_;
  Statistics before_;        ///< the commit
  CommitMeasures measures_;  ///< on rank 0: of the commit
  bool has_measures_ = false;
};

}  // namespace tessera::pipeline
