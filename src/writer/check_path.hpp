#pragma once

#include <string>

namespace tessera::detail {

/// What can be known before the file is made: a directory that is missing or not writable, something in the way. For
/// one rank.
/// \returns where the file will lie: symbolic links at the path's end are followed (storage/links.hpp)
/// \throws Error invalid_argument, file_exists, storage
std::string check_path(const std::string& path, bool overwrite);

/// Further, for a file that MPI-IO makes, which tells less of what is wrong: makes and removes it.
/// \throws Error storage
void check_mpi_io_path(const std::string& path);

}  // namespace tessera::detail
