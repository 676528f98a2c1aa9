#include "base/loaded_libraries.hpp"
#include "tools/doctor/checks.hpp"

namespace tessera::doctor {

/// A program linked with one MPI and an HDF5 that was built with another loads both, and dies in one of them.
Finding check_loaded_libraries() {
  constexpr const char* name = "loaded libraries";
  const auto mpi = loaded_mpi_libraries();
  const auto hdf5 = loaded_hdf5_libraries();
  for (const auto& kind : {mpi, hdf5}) {
    if (kind.size() < 2) continue;
    return {Status::error, name, "two libraries of one kind: " + list_of(kind),
            "make one of them go: load the modules that HDF5 and Tessera were built with, or build them with one MPI"};
  }
  const std::string text = list_of(mpi) + (mpi.empty() || hdf5.empty() ? "" : ", ") + list_of(hdf5);
  return {Status::ok, name, text.empty() ? "linked statically" : text};
}

}  // namespace tessera::doctor
