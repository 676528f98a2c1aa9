#include "pipeline/check_libraries.hpp"

#include "hdf5/check_library.hpp"
#include "hdf5/library_lock.hpp"

namespace tessera::pipeline {

void check_libraries(bool calls_hdf5) {
  hdf5::check_files();
  if (calls_hdf5) hdf5::check_version();
}

bool hdf5_is_thread_safe() {
  const hdf5::LibraryLock lock;
  return hdf5::hdf5_library().thread_safe;
}

}  // namespace tessera::pipeline
