#pragma once

#include <string>

namespace tessera {

/// Refuses names that HDF5 or netCDF cannot hold: empty ones, "." and "..", those with a slash or a control
/// character, and those that are not UTF-8. `kind` says what is named ("run", "field").
/// \throws Error invalid_argument
void check_name(const char* kind, const std::string& name);

}  // namespace tessera
