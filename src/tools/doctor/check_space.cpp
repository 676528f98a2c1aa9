#include <sys/statvfs.h>

#include <cerrno>
#include <cstring>

#include "tools/doctor/checks.hpp"
#include "tools/doctor/text.hpp"

namespace tessera::doctor {

namespace {
constexpr std::uint64_t little = std::uint64_t{1} << 30;
constexpr std::uint64_t nothing = std::uint64_t{16} << 20;
}  // namespace

Finding check_space(const Target& target) {
  constexpr const char* name = "space";
  const std::string remedy = "free some space on this file system, or write elsewhere";
  struct statvfs status {};
  if (statvfs(target.directory.c_str(), &status) != 0) return {Status::warning, name, std::strerror(errno), remedy};
  const std::uint64_t free = static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
  const std::uint64_t all = static_cast<std::uint64_t>(status.f_blocks) * status.f_frsize;
  const std::string text = bytes_text(free) + " free of " + bytes_text(all);
  // Some file systems, btrfs among them, count no files.
  if (status.f_files > 0 && status.f_favail == 0) return {Status::error, name, "no file more can be made", remedy};
  if (target.need && free < *target.need) {
    return {Status::error, name, text + ", but " + bytes_text(*target.need) + " are needed", remedy};
  }
  if (target.need) return {Status::ok, name, text};
  if (free < nothing) return {Status::error, name, text, remedy};
  return {free < little ? Status::warning : Status::ok, name, text, free < little ? remedy : ""};
}

}  // namespace tessera::doctor
