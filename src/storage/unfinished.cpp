#include "storage/unfinished.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "storage/check.hpp"
#include "storage/directory.hpp"
#include "storage/file_permissions.hpp"
#include "storage/stale_files.hpp"
#include "storage/uninterrupted.hpp"

namespace tessera::storage {

Unfinished::Unfinished(const Place& place, const Striping& striping) : place_(place) {
  remove_stale_files(place.path);
  path_ = (std::filesystem::path(directory_of(place.path)) / unfinished_name(place.path)).string();
  file_ = create_file(path_, place, striping);
  descriptor_ = uninterrupted([&] { return ::open(path_.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC); });
  if (descriptor_ >= 0) return;
  const int error = errno;
  ::unlink(path_.c_str());
  throw system_error("opening", place.name, error);
}

Unfinished::~Unfinished() {
  if (is_at(path_)) ::unlink(path_.c_str());
  ::close(descriptor_);
}

void Unfinished::publish(bool replace) {
  if (replace) adopt_ownership(descriptor_, place_.path, place_.name);
  publish_file(path_, place_, replace);
}

void Unfinished::withdraw() noexcept {
  if (is_at(place_.path)) ::unlink(place_.path.c_str());
}

/// Others may have given the name to another file.
bool Unfinished::is_at(const std::string& path) const noexcept {
  struct stat own {};
  struct stat named {};
  return ::fstat(descriptor_, &own) == 0 && ::lstat(path.c_str(), &named) == 0 && own.st_dev == named.st_dev &&
         own.st_ino == named.st_ino;
}

}  // namespace tessera::storage
