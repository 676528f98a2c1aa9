#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace tessera::storage {

/// Writes a small file under another name and gives it its own by a rename: whoever opens it finds the old one or the
/// new one. \param sync its bytes are on stable storage before it has its name \throws Error storage
void replace_file(const std::string& path, std::span<const std::byte> bytes, bool sync);

}  // namespace tessera::storage
