#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tessera/box.hpp>

#include "comm/communicator.hpp"
#include "hdf5/check.hpp"
#include "hdf5/library_lock.hpp"
#include "hdf5/tree.hpp"

namespace tessera::hdf5 {

/// A file that all ranks opened together with stock parallel HDF5: collective metadata, collective transfers, HDF5's
/// own filters. Every call is collective, and every rank has to come, also one that has failed before; it holds the
/// lock around HDF5, which threads that publish for other writers of this process wait for.
class CollectiveFile {
 public:
  using Hints = std::vector<std::pair<std::string, std::string>>;

  /// Creates the file, or empties it. \throws Error on this rank; whether all succeeded is the caller's to ask
  CollectiveFile(const comm::Communicator& comm, const std::string& path, const Hints& hints);
  ~CollectiveFile();

  void apply(const schema::Operations& operations) {
    const AloneInHdf5 alone;
    tree_->apply(operations);
  }
  template <class Operation>
  void apply(const std::vector<Operation>& operations) {
    const AloneInHdf5 alone;
    for (const Operation& operation : operations) tree_->apply(operation);
  }

  /// Writes `boxes` of a dataset from contiguous memory in row-major order of the boxes' union (grid::row_major_order).
  ///
  /// \param step       index on the dataset's time axis; nothing for a static field
  /// \param components extents of the dataset's axes of components
  /// \param data       elements of the stored type; not read when all boxes are empty
  void write(const std::string& path, DataType type, std::optional<std::int64_t> step, std::span<const Box> boxes,
             const Index& components, const void* data);

  /// Everything so far is in the file for other readers.
  void flush();

  /// Completes the file; not before have the names of components their texts.
  void close();

  /// \throws Error hdf5: somebody has ended HDF5, which closed the file. On this rank; ask all before the first of a
  /// row of calls.
  void require_open() const;
  bool is_lost() const;  ///< what require_open() asks

 private:
  /// For one call: HDF5 prints nothing.
  struct AloneInHdf5 {
    LibraryLock lock;
    Quiet quiet;
  };
  void write_kept_texts() const;

  std::string path_;                ///< on rank 0
  std::uint64_t ends_of_hdf5_ = 0;  ///< when the file was made
  Handle transfer_;
  std::optional<Tree> tree_;
};

}  // namespace tessera::hdf5
