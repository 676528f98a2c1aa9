#include "tools/doctor/checks.hpp"

namespace tessera::doctor {

/// HDF5 promises nothing between releases: its own macros abort a program that was built with another one.
Finding check_hdf5(const hdf5::Hdf5Library& hdf5) {
  constexpr const char* name = "HDF5 library";
  const std::string text = to_string(hdf5.running) + (hdf5.parallel ? ", parallel" : ", serial: no Engine::collective");
  if (hdf5.running == hdf5.built) return {Status::ok, name, text};
  const bool close = hdf5.running.major == hdf5.built.major && hdf5.running.minor == hdf5.built.minor;
  return {close ? Status::warning : Status::error, name,
          to_string(hdf5.running) + " runs, but Tessera was built with " + to_string(hdf5.built),
          "load the module that Tessera was built with, look at LD_LIBRARY_PATH, or build Tessera anew"};
}

}  // namespace tessera::doctor
