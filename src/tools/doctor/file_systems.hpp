#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tools/doctor/finding.hpp"

namespace tessera::doctor {

/// A kind of file system, and what it means for a file that a job writes.
struct FileSystem {
  std::uint32_t magic;  ///< f_type of statfs(2)
  std::string_view name;
  Status alone;  ///< for ranks on one node
  Status many;   ///< for ranks on several
  std::string_view means;
  std::string_view remedy;
};

/// Of an existing directory; one without a name for what is not in the table.
FileSystem file_system_of(const std::string& directory);

}  // namespace tessera::doctor
