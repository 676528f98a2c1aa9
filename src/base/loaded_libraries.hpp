#pragma once

#include <set>
#include <string>

/// \file
/// The shared libraries of this process. Static parts of a program count as the program, whose path is left out.

namespace tessera {

/// The files of all shared libraries that are loaded.
std::set<std::string> loaded_libraries();

/// Those that are an MPI library, or an HDF5 library (not its parts, such as libhdf5_hl), by their names; two names of
/// one file are one.
std::set<std::string> loaded_mpi_libraries();
std::set<std::string> loaded_hdf5_libraries();

/// The library that a function of this process comes from; empty where that is the program itself.
std::string library_of(const void* function);

/// Where a loaded library, by itself, would find a function: in itself, or in those that it was linked with. Another
/// than library_of(the function) where two libraries have functions of one name. Empty where it cannot be told.
std::string library_seen_from(const std::string& library, const char* function);

/// "/usr/lib/a.so and /usr/lib/b.so"
std::string list_of(const std::set<std::string>& paths);

}  // namespace tessera
