#pragma once

#include <cstddef>
#include <string>

#include "tools/verify/report.hpp"

namespace tessera::tools {

/// Reads all of a file: metadata with its checksums, every chunk through its filters, and whether it all fits together.
/// \param threads that decode; 0: one per core of this process
/// \throws Error storage, hdf5 where the file cannot be opened
VerifyReport verify(const std::string& path, std::size_t threads);

}  // namespace tessera::tools
