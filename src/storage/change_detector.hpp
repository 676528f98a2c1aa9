#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "storage/identity.hpp"
#include "storage/shared_lock.hpp"
#include "storage/writer_lock.hpp"

namespace tessera::storage {

/// Detects changes of a file that others write (MPI-IO): is it still the one that its path names? On local file systems
/// also: is its content what it was when they stopped? There it holds HDF5's lock of a reader too; elsewhere MPI-IO
/// takes locks of its own, which would wait for that one.
class ChangeDetector {
 public:
  /// The file exists. Where it cannot be looked at, require() finds nothing wrong.
  explicit ChangeDetector(const Place& place);
  /// Only when the others have closed the file: closing a descriptor gives up the locks that this process's MPI-IO may
  /// hold on it.
  ~ChangeDetector();
  ChangeDetector(const ChangeDetector&) = delete;
  ChangeDetector& operator=(const ChangeDetector&) = delete;

  /// From here to the next call nobody writes, until forget().
  void remember() noexcept;
  void forget() noexcept { knows_ = false; }

  /// \throws Error storage: the file was removed or replaced; truncated or changed since remember(), which stays so
  void require();

 private:
  int descriptor_ = -1;
  bool may_read_ = false;  ///< on a local file system
  Identity identity_;
  WriterLock writer_lock_;
  SharedLock lock_;
  std::uint64_t size_ = 0;
  std::array<std::byte, 96> head_{};  ///< as long as the longest superblock
  bool knows_ = false;                ///< size_ and head_
  bool damaged_ = false;
};

}  // namespace tessera::storage
