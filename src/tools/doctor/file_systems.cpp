#include "tools/doctor/file_systems.hpp"

#include <sys/vfs.h>

#include <array>

namespace tessera::doctor {

namespace {

constexpr Status ok = Status::ok;
constexpr Status warning = Status::warning;

constexpr std::string_view local = "a disk of this node; power-safe commits survive a power failure";
constexpr std::string_view shared = "a parallel file system; power-safe commits reach its servers";
constexpr std::string_view share = "ranks on several nodes need a file system that they share";
constexpr std::string_view windows = "a Windows share: writes of several ranks to one file are not safe";
constexpr std::string_view elsewhere = "write to a disk or a parallel file system";

/// Numbers from linux/magic.h where it has them, else from the file systems' sources (statfs(2) lists many).
constexpr std::array<FileSystem, 22> table{{
    {0xEF53, "ext4", ok, warning, local, share},
    {0x58465342, "XFS", ok, warning, local, share},
    {0x9123683E, "btrfs", ok, warning, local, share},
    {0x2FC12FC1, "ZFS", ok, warning, local, share},
    {0xF2F52010, "F2FS", ok, warning, local, share},
    {0x01021994, "tmpfs", warning, warning, "in memory: gone when the node restarts, and it takes the job's memory",
     elsewhere},
    {0x858458F6, "ramfs", warning, warning, "in memory: gone when the node restarts, and without a limit", elsewhere},
    {0x794C7630, "overlayfs", warning, warning, "a container's own layer: gone with the container",
     "write to a directory that is mounted into the container"},
    {0x6969, "NFS", ok, warning,
     "commits survive a kill; other nodes see them some seconds later; "
     "an export with 'async' loses them in a power failure",
     "for many nodes use a parallel file system; else few ranks, and mount with 'sync' exports"},
    {0x0BD00BD0, "Lustre", ok, ok, shared, ""},
    {0x47504653, "GPFS", ok, ok, shared, ""},
    {0x19830326, "BeeGFS", ok, ok, shared, ""},
    {0x00C36400, "CephFS", ok, ok, shared, ""},
    {0xAAD7AAEA, "PanFS", ok, ok, shared, ""},
    {0x20030528, "OrangeFS", ok, ok, "a parallel file system without locks", ""},
    {0x01161970, "GFS2", ok, ok, shared, ""},
    {0x7461636F, "OCFS2", ok, ok, shared, ""},
    {0x01021997, "9p", warning, warning, "a directory of a virtual machine's host, where a sync promises nothing",
     elsewhere},
    {0xFF534D42, "CIFS", warning, warning, windows, elsewhere},
    {0xFE534D42, "SMB", warning, warning, windows, elsewhere},
    {0x5346414F, "AFS", warning, warning, "other nodes see a file when it is closed, not before", elsewhere},
    {0x65735546, "FUSE", ok, warning, "a file system in a program: what a sync means there, its manual tells",
     "make sure that it lets several nodes write to one file"},
}};

}  // namespace

FileSystem file_system_of(const std::string& directory) {
  struct statfs status {};
  if (statfs(directory.c_str(), &status) != 0) return {0, "", ok, ok, "", ""};
  const auto magic = static_cast<std::uint32_t>(status.f_type);  // wider, and signed, on some architectures
  for (const FileSystem& entry : table) {
    if (entry.magic == magic) return entry;
  }
  return {magic, "", ok, ok, "", ""};
}

}  // namespace tessera::doctor
