#include "storage/identity.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "base/text.hpp"
#include "storage/check.hpp"

namespace tessera::storage {

namespace {

enum class Place { named, moved, removed, replaced };

/// A moved file is where somebody wanted it. One that an NFS client keeps for those who have it open is not
/// (".nfs000...").
Place place_of(int descriptor, const struct stat& own, const std::string& path) {
  if (own.st_nlink == 0) return Place::removed;
  struct stat named {};
  if (::stat(path.c_str(), &named) == 0) {
    return named.st_dev == own.st_dev && named.st_ino == own.st_ino ? Place::named : Place::replaced;
  }
  std::error_code ignored;
  const auto link = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor), ignored);
  return link.filename().string().starts_with(".nfs") ? Place::removed : Place::moved;
}

[[noreturn]] void lost(const std::string& name, const std::string& what, const std::string& remedy) {
  throw Error(ErrorCode::storage, "the file " + in_quotes(name) + " " + what + " while it is written; " + remedy);
}

}  // namespace

Identity::Identity(const std::string& name) : name_(name) {
  std::error_code ignored;
  path_ = std::filesystem::absolute(name, ignored).string();
}

void Identity::require(int descriptor, std::uint64_t least_size) {
  struct stat own {};
  if (::fstat(descriptor, &own) != 0) throw system_error("examining", name_, errno);
  const Place place = place_of(descriptor, own, path_);
  if (!has_number_) has_number_ = place == Place::named;
  if (place == Place::removed) lost(name_, "was removed", "its steps are lost: begin a new file");
  if (place == Place::replaced && *has_number_) {
    lost(name_, "was replaced by another one of that name", "let only one program write it, and begin a new file");
  }
  if (static_cast<std::uint64_t>(own.st_size) >= least_size) return;
  lost(name_, "was cut off at " + std::to_string(own.st_size) + " of " + std::to_string(least_size) + " bytes",
       "steps in it are lost: begin a new file");
}

}  // namespace tessera::storage
