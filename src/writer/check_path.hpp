#pragma once

#include <string>

namespace tessera::detail {

/// What can be known before the file is made: a folder that is missing or not writable, a file in the way. For one
/// rank.
/// \throws Error invalid_argument, file_exists, storage
void check_path(const std::string& path, bool overwrite);

/// Further, for a file that MPI-IO makes, which tells less of what is wrong: makes and removes it.
/// \throws Error storage
void check_mpi_io_path(const std::string& path);

}  // namespace tessera::detail
