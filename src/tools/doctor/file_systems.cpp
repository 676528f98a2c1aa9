#include "tools/doctor/file_systems.hpp"

#include <array>

#include "storage/file_system.hpp"

namespace tessera::doctor {

namespace {

constexpr Status ok = Status::ok;
constexpr Status warning = Status::warning;

constexpr std::string_view local = "a disk of this node; power-safe commits survive a power failure";
constexpr std::string_view shared = "a parallel file system; power-safe commits reach its servers";
constexpr std::string_view share = "ranks on several nodes need a file system that they share";
constexpr std::string_view windows = "a Windows share: writes of several ranks to one file are not safe";
constexpr std::string_view elsewhere = "write to a disk or a parallel file system";

struct Meaning {
  std::uint32_t type;
  Status alone;
  Status many;
  std::string_view means;
  std::string_view remedy;
};

/// By the numbers that storage/file_system.cpp has the names of.
constexpr std::array<Meaning, 22> known_systems{{
    {0xEF53, ok, warning, local, share},
    {0x58465342, ok, warning, local, share},
    {0x9123683E, ok, warning, local, share},
    {0x2FC12FC1, ok, warning, local, share},
    {0xF2F52010, ok, warning, local, share},
    {0x01021994, warning, warning, "in memory: gone when the node restarts, and it takes the job's memory", elsewhere},
    {0x858458F6, warning, warning, "in memory: gone when the node restarts, and without a limit", elsewhere},
    {0x794C7630, warning, warning, "a container's own layer: gone with the container",
     "write to a directory that is mounted into the container"},
    {0x6969, ok, warning,
     "commits survive a kill; other nodes see them some seconds later; "
     "an export with 'async' loses them in a power failure",
     "for many nodes use a parallel file system; else few ranks, and mount with 'sync' exports"},
    {0x0BD00BD0, ok, ok, shared, ""},
    {0x47504653, ok, ok, shared, ""},
    {0x19830326, ok, ok, shared, ""},
    {0x00C36400, ok, ok, shared, ""},
    {0xAAD7AAEA, ok, ok, shared, ""},
    {0x20030528, ok, ok, "a parallel file system without locks", ""},
    {0x01161970, ok, ok, shared, ""},
    {0x7461636F, ok, ok, shared, ""},
    {0x01021997, warning, warning, "a directory of a virtual machine's host, where a sync promises nothing", elsewhere},
    {0xFF534D42, warning, warning, windows, elsewhere},
    {0xFE534D42, warning, warning, windows, elsewhere},
    {0x5346414F, warning, warning, "other nodes see a file when it is closed, not before", elsewhere},
    {0x65735546, ok, warning, "a file system in a program: what a sync means there, its manual tells",
     "make sure that it lets several nodes write to one file"},
}};

}  // namespace

FileSystem file_system_of(const std::string& directory) {
  const storage::FileSystem system = storage::file_system_of(directory);
  for (const Meaning& entry : known_systems) {
    if (entry.type == system.type) {
      return {system.type, system.name, entry.alone, entry.many, entry.means, entry.remedy};
    }
  }
  return {system.type, system.name, ok, ok, "", ""};
}

}  // namespace tessera::doctor
