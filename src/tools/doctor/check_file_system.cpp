#include <cstdio>

#include "tools/doctor/checks.hpp"
#include "tools/doctor/file_systems.hpp"

namespace tessera::doctor {

Finding check_file_system(const Target& target) {
  constexpr const char* name = "file system";
  const FileSystem kind = file_system_of(target.directory);
  if (kind.name.empty()) {
    char text[80] = "";
    std::snprintf(text, sizeof text, "unknown, type 0x%x", kind.magic);
    return {Status::ok, name, text};
  }
  const Status status = target.nodes > 1 ? kind.many : kind.alone;
  return {status, name, std::string(kind.name) + ": " + std::string(kind.means),
          status == Status::ok ? "" : std::string(kind.remedy)};
}

}  // namespace tessera::doctor
