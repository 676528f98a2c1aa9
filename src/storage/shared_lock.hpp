#pragma once

#include <cstdint>

#include "storage/held_lock.hpp"

namespace tessera::storage {

enum class LockState : std::uint8_t {
  none,  ///< the file system has no locks, or the user wants none
  held,
  refused,  ///< others have one that excludes it
};

/// Whether HDF5_USE_FILE_LOCKING says that there are to be no locks, which is for file systems whose locks hang.
bool locks_are_forbidden() noexcept;

/// The lock that HDF5 takes on a file that it opens for reading (flock, shared): while it is held HDF5 refuses to open
/// the file for writing (h5py's "r+", which wants an exclusive one), and readers come in. It binds only those who ask
/// for it.
class SharedLock {
 public:
  SharedLock() = default;
  ~SharedLock() { release(); }
  SharedLock(const SharedLock&) = delete;
  SharedLock& operator=(const SharedLock&) = delete;

  /// Locks the file behind an open descriptor, where its file system has locks and the user does not forbid it. Never
  /// waits.
  LockState take(int descriptor) noexcept;

  /// Before the descriptor is closed: children of fork() have a part in it.
  void release() noexcept;

 private:
  HeldLock held_;
};

}  // namespace tessera::storage
