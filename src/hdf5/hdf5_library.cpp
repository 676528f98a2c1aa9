#include "hdf5/hdf5_library.hpp"

#include <hdf5.h>

#include "base/narrow.hpp"
#include "hdf5/check.hpp"

namespace tessera::hdf5 {

Hdf5Library hdf5_library() {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned patch = 0;
  check(H5get_libversion(&major, &minor, &patch), "H5get_libversion", "the library");
  Hdf5Library result;
  result.running = {narrow<int>(major, "HDF5's version"), narrow<int>(minor, "HDF5's version"),
                    narrow<int>(patch, "HDF5's version")};
  result.built = {H5_VERS_MAJOR, H5_VERS_MINOR, H5_VERS_RELEASE};
#ifdef H5_HAVE_PARALLEL
  result.parallel = true;
#endif
  hbool_t is_thread_safe = false;
  check(H5is_library_threadsafe(&is_thread_safe), "H5is_library_threadsafe", "the library");
  result.thread_safe = is_thread_safe;
  return result;
}

}  // namespace tessera::hdf5
