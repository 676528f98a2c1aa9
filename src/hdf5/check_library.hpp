#pragma once

#include "hdf5/hdf5_library.hpp"

namespace tessera::hdf5 {

/// The HDF5 that answers Tessera's calls is one library, on the MPI that the program runs on. Calls nothing of HDF5.
/// Local.
/// \throws Error hdf5, mpi with the files and the remedy
void check_files();

/// It is of the version that Tessera was built with. Local. \throws Error hdf5
void check_version();

/// The rule: HDF5 ends a program whose headers were of another version, unless the environment variable
/// HDF5_DISABLE_VERSION_CHECK says otherwise. \throws Error hdf5
void check_version(const Hdf5Library& library, const std::string& file);

}  // namespace tessera::hdf5
