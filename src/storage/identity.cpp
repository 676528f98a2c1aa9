#include "storage/identity.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

#include "base/text.hpp"
#include "storage/check.hpp"
#include "storage/read_at.hpp"

namespace tessera::storage {

namespace {

enum class Found { named, moved, removed, replaced };

/// A moved file is where somebody wanted it. One that an NFS client keeps for those who have it open is not
/// (".nfs000...").
Found look_for(int descriptor, const struct stat& own, const std::string& path) {
  if (own.st_nlink == 0) return Found::removed;
  struct stat named {};
  if (::stat(path.c_str(), &named) == 0) {
    return named.st_dev == own.st_dev && named.st_ino == own.st_ino ? Found::named : Found::replaced;
  }
  std::error_code ignored;
  const auto link = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor), ignored);
  return link.filename().string().starts_with(".nfs") ? Found::removed : Found::moved;
}

[[noreturn]] void lost(const std::string& name, const std::string& what, const std::string& remedy) {
  throw Error(ErrorCode::storage, "the file " + in_quotes(name) + " " + what + " while it is written; " + remedy);
}

}  // namespace

Identity::Identity(const Place& place) : name_(place.name) {
  std::error_code ignored;
  path_ = std::filesystem::absolute(place.path, ignored).string();
}

void Identity::require(int descriptor, std::uint64_t least_size) {
  struct stat own {};
  if (::fstat(descriptor, &own) != 0) throw system_error("examining", name_, errno);
  const Found found = look_for(descriptor, own, path_);
  if (!has_number_) has_number_ = found == Found::named;
  if (found == Found::removed) lost(name_, "was removed", "its steps are lost: begin a new file");
  if (found == Found::replaced && *has_number_) {
    lost(name_, "was replaced by another one of that name", "let only one program write it, and begin a new file");
  }
  if (static_cast<std::uint64_t>(own.st_size) >= least_size) return;
  lost(name_, "was truncated to " + std::to_string(own.st_size) + " of " + std::to_string(least_size) + " bytes",
       "steps in it are lost: begin a new file");
}

void Identity::require(int descriptor, const Mark& mark) const {
  std::array<std::byte, 128> buffer;
  const auto found = std::span(buffer).first(std::min(buffer.size(), mark.bytes.size()));
  const ssize_t size = read_at(descriptor, found, mark.offset);
  if (size < 0) throw system_error("reading", name_, errno);
  if (static_cast<std::size_t>(size) == found.size() && std::ranges::equal(found, mark.bytes)) return;
  lost(name_, mark.damage, "steps in it may be lost: let only one program write it, and begin a new file");
}

}  // namespace tessera::storage
