#include "storage/file_system.hpp"

#include <sys/stat.h>
#if defined(__linux__)
#include <sys/vfs.h>
#endif

#include <algorithm>
#include <array>
#include <cstdio>

namespace tessera::storage {

namespace {

#if defined(__linux__)
/// Numbers of statfs(2), and of the file systems' own sources. ext2, ext3 and ext4 have one number.
constexpr std::array<FileSystem, 23> table{{
    {0xEF53, "ext4", Reach::local},
    {0x58465342, "XFS", Reach::local},
    {0x9123683E, "btrfs", Reach::local},
    {0xF2F52010, "F2FS", Reach::local},
    {0x2FC12FC1, "ZFS", Reach::local},
    {0xCA451A4E, "bcachefs", Reach::local},
    {0x01021994, "tmpfs", Reach::local},
    {0x858458F6, "ramfs", Reach::local},
    {0x794C7630, "overlayfs", Reach::unknown},
    {0x6969, "NFS", Reach::shared},
    {0xFF534D42, "CIFS", Reach::shared},
    {0xFE534D42, "SMB", Reach::shared},
    {0x5346414F, "AFS", Reach::shared},
    {0x01021997, "9p", Reach::shared},
    {0x65735546, "FUSE", Reach::shared},
    {0x0BD00BD0, "Lustre", Reach::parallel},
    {0x47504653, "GPFS", Reach::parallel},
    {0x19830326, "BeeGFS", Reach::parallel},
    {0x00C36400, "CephFS", Reach::parallel},
    {0xAAD7AAEA, "PanFS", Reach::parallel},
    {0x20030528, "OrangeFS", Reach::parallel},
    {0x01161970, "GFS2", Reach::parallel},
    {0x7461636F, "OCFS2", Reach::parallel},
}};

FileSystem known(const struct statfs& status, const struct stat& of_file) noexcept {
  // Wider, and signed, on some architectures.
  FileSystem system = file_system_of_type(static_cast<std::uint32_t>(status.f_type));
  // GPFS tells its block in either; Lustre a page, and what a message takes as what the file likes.
  system.block_bytes =
      std::max(static_cast<std::uint64_t>(of_file.st_blksize), static_cast<std::uint64_t>(status.f_bsize));
  return system;
}
#endif

}  // namespace

FileSystem file_system_of([[maybe_unused]] int descriptor) noexcept {
#if defined(__linux__)
  struct statfs status {};
  struct stat of_file {};
  if (::fstatfs(descriptor, &status) == 0 && ::fstat(descriptor, &of_file) == 0) return known(status, of_file);
#endif
  return {};
}

FileSystem file_system_of([[maybe_unused]] const std::string& path) noexcept {
#if defined(__linux__)
  struct statfs status {};
  struct stat of_file {};
  if (::statfs(path.c_str(), &status) == 0 && ::stat(path.c_str(), &of_file) == 0) return known(status, of_file);
#endif
  return {};
}

FileSystem file_system_of_type(std::uint32_t type) noexcept {
  FileSystem system;
  system.type = type;
#if defined(__linux__)
  const auto* found = std::ranges::find(table, type, &FileSystem::type);
  if (found != table.end()) system = *found;
#endif
  return system;
}

std::uint64_t to_word(const FileSystem& system) noexcept {
  return std::min(system.block_bytes, std::uint64_t{UINT32_MAX}) << 32 | system.type;
}

FileSystem file_system_of_word(std::uint64_t word) noexcept {
  FileSystem system = file_system_of_type(static_cast<std::uint32_t>(word));
  system.block_bytes = word >> 32;
  return system;
}

std::string to_string(const FileSystem& system) {
  if (!system.name.empty()) return std::string(system.name);
  if (system.type == 0) return "a file system that tells nothing";
  char text[40];
  std::snprintf(text, sizeof text, "a file system of type 0x%x", static_cast<unsigned>(system.type));
  return text;
}

}  // namespace tessera::storage
