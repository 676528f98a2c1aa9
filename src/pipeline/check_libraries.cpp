#include "pipeline/check_libraries.hpp"

#include "hdf5/check_library.hpp"

namespace tessera::pipeline {

void check_libraries(bool calls_hdf5) {
  hdf5::check_files();
  if (calls_hdf5) hdf5::check_version();
}

}  // namespace tessera::pipeline
