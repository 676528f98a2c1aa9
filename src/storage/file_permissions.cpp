#include "storage/file_permissions.hpp"

#include <sys/stat.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/xattr.h>
#endif

#include <array>
#include <cerrno>

#include "storage/check.hpp"

namespace tessera::storage {

namespace {

constexpr mode_t permissions = 07777;

/// Changes the group and, where allowed, the owner. False where the group could not be kept.
bool adopt_owner(int descriptor, const struct stat& own, const struct stat& other) {
  if (own.st_uid == other.st_uid && own.st_gid == other.st_gid) return true;
  if (::fchown(descriptor, other.st_uid, other.st_gid) == 0) return true;
  return own.st_gid == other.st_gid || ::fchown(descriptor, static_cast<uid_t>(-1), other.st_gid) == 0;
}

/// The group may do what all others may.
mode_t without_group(mode_t mode) { return (mode & ~mode_t{S_IRWXG | S_ISGID}) | ((mode & S_IRWXO) << 3); }

/// POSIX access lists, where file system and library have them. Setting one sets the mode too.
bool adopt_access_list([[maybe_unused]] int descriptor, [[maybe_unused]] const std::string& path) {
#if defined(__linux__)
  static constexpr const char* name = "system.posix_acl_access";
  std::array<char, 4096> list;
  const ssize_t size = ::getxattr(path.c_str(), name, list.data(), list.size());
  if (size > 0) return ::fsetxattr(descriptor, name, list.data(), static_cast<std::size_t>(size), 0) == 0;
  static_cast<void>(::fremovexattr(descriptor, name));  // one that the directory gave
  return false;
#else
  return false;
#endif
}

}  // namespace

void adopt_ownership(int descriptor, const std::string& path, const std::string& name) {
  struct stat other {};
  struct stat own {};
  if (::stat(path.c_str(), &other) != 0) {
    if (errno == ENOENT) return;
    throw system_error("examining", name, errno);
  }
  if (::fstat(descriptor, &own) != 0) throw system_error("examining", name, errno);
  const bool has_group = adopt_owner(descriptor, own, other);
  if (has_group && adopt_access_list(descriptor, path)) return;
  const mode_t mode = has_group ? other.st_mode & permissions : without_group(other.st_mode & permissions);
  if (::fstat(descriptor, &own) != 0) throw system_error("examining", name, errno);
  if ((own.st_mode & permissions) == mode) return;
  if (::fchmod(descriptor, mode) != 0) throw system_error("keeping the mode", name, errno);
}

}  // namespace tessera::storage
