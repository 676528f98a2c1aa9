#pragma once

#include <string>

#include <tessera/options.hpp>

namespace tessera::detail {

/// What can be known before the file is made: a directory that is missing or not writable, something in the way. For
/// one rank.
/// \throws Error invalid_argument, file_exists, not_found, storage
struct Target {
  std::string path;        ///< where the file will lie: symbolic links at its end are followed (storage/links.hpp)
  bool continues = false;  ///< it is there, and is to be continued
};
Target check_path(const std::string& path, const Options& options);

/// \{ To tell other ranks.
std::string to_text(const Target& target);
Target target_of(const std::string& text);
/// \}

/// Further, for a file that MPI-IO makes, which tells less of what is wrong: makes and removes it.
/// \throws Error storage
void check_mpi_io_path(const std::string& path);

}  // namespace tessera::detail
