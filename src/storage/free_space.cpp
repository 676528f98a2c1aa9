#include "storage/free_space.hpp"

#include <sys/resource.h>
#include <sys/statvfs.h>

namespace tessera::storage {

std::uint64_t file_size_limit() noexcept {
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
    return std::numeric_limits<std::uint64_t>::max();
  }
  return limit.rlim_cur;
}

std::string limit_text() {
  const std::uint64_t limit = file_size_limit();
  if (limit == std::numeric_limits<std::uint64_t>::max()) return "not this process's";
  return std::to_string(limit) + " bytes";
}

std::optional<std::uint64_t> free_space(const std::string& path) noexcept {
  struct statvfs status {};
  if (::statvfs(path.c_str(), &status) != 0 || status.f_blocks == 0)
    return std::nullopt;  // /proc and the like have no size
  return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
}

}  // namespace tessera::storage
