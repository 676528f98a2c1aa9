#pragma once

#include <mutex>

namespace tessera::hdf5 {

/// HDF5 is seldom built to be used by several threads, but a program may have a writer in each: they take turns here.
/// No rank waits for another one meanwhile.
class Turn {
 private:
  static std::recursive_mutex& mutex() {
    static std::recursive_mutex one;
    return one;
  }
  std::lock_guard<std::recursive_mutex> lock_{mutex()};
};

}  // namespace tessera::hdf5
