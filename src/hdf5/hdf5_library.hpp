#pragma once

#include "base/version.hpp"

namespace tessera::hdf5 {

/// Which HDF5 this is.
struct Hdf5Library {
  Version running;
  Version built;          ///< that of the headers that Tessera was built with
  bool parallel = false;  ///< built with MPI
  bool thread_safe = false;
};

Hdf5Library hdf5_library();

}  // namespace tessera::hdf5
