#pragma once

#include <mutex>

namespace tessera::hdf5 {

/// A lock around the HDF5 library, which is seldom built thread-safe, while a program may have a writer in each of
/// several threads. No rank waits for another one while it holds the lock, but in collective calls of HDF5
/// (CollectiveFile), which wait for no thread that wants the lock.
class LibraryLock {
 private:
  static std::recursive_mutex& mutex() {
    static std::recursive_mutex one;
    return one;
  }
  std::lock_guard<std::recursive_mutex> lock_{mutex()};
};

}  // namespace tessera::hdf5
