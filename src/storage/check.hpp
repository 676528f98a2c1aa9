#pragma once

#include <string>

#include <tessera/error.hpp>

namespace tessera::storage {

/// The one place where errno is read: what failed, on which file, why, and what helps.
/// \param call  "writing", "creating", ...
Error system_error(const char* call, const std::string& path, int error);

}  // namespace tessera::storage
