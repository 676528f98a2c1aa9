#pragma once

#include <string>
#include <string_view>

#include "base/version.hpp"

/// \file
/// Which MPI this is; may be asked before MPI_Init.

namespace tessera::comm {

/// An implementation of MPI.
struct MpiLibrary {
  std::string name;  ///< "Open MPI", "MPICH", "Intel MPI", "MVAPICH", "Cray MPICH"; else its own first words
  Version version;
};

/// The one that runs.
MpiLibrary running_mpi();

/// The one whose mpi.h Tessera was built with.
MpiLibrary built_mpi();

/// The shared library that MPI calls go to, behind tools that stand in front of it; empty where MPI is linked
/// statically.
std::string mpi_file();

/// What MPI_Get_library_version says, as name and version.
MpiLibrary parse_library_version(std::string_view text);

}  // namespace tessera::comm
