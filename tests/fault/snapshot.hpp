#pragma once

#include <string>

namespace tessera::fault {

/// Copies a file with its holes; no copy where there is no file. \throws std::system_error
void copy_file(const std::string& from, const std::string& to);

}  // namespace tessera::fault
