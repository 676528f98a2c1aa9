#pragma once

#include "storage/held_lock.hpp"
#include "storage/shared_lock.hpp"

namespace tessera::storage {

/// Says that a job of Tessera writes the file, to other such jobs: an exclusive lock of one byte far behind any content
/// (fcntl's, of the open file description), which readers and HDF5 do not ask for. It ends with the process. On file
/// systems of one node only; others may not tell locks of a file and of its bytes apart.
class WriterLock {
 public:
  WriterLock() = default;
  ~WriterLock() { release(); }
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

  /// Never waits. \param descriptor open for writing
  LockState take(int descriptor) noexcept;

  /// Before the descriptor is closed: children of fork() have a part in it.
  void release() noexcept;

 private:
  HeldLock held_;
};

/// Whether a job of Tessera holds that lock now. \param descriptor open, for reading or writing; of another opening
/// than the job's own. False where there are no such locks.
bool has_writer(int descriptor) noexcept;

}  // namespace tessera::storage
