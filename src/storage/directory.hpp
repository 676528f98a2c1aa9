#pragma once

#include <filesystem>
#include <string>

namespace tessera::storage {

/// The directory that a file lies in: "." where its path names none.
inline std::string directory_of(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

}  // namespace tessera::storage
