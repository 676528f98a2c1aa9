#include "storage/links.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "base/text.hpp"
#include "storage/check.hpp"

namespace tessera::storage {

namespace {

namespace fs = std::filesystem;

const char* kind_of(const struct stat& status) {
  if (S_ISDIR(status.st_mode)) return "a directory; give the name of a file in it";
  if (S_ISFIFO(status.st_mode)) return "a FIFO; give the name of a regular file, or a new name";
  if (S_ISSOCK(status.st_mode)) return "a socket; give the name of a regular file, or a new name";
  return "a device; give the name of a regular file, or a new name";
}

bool same(const struct stat& a, const struct stat& b) { return a.st_dev == b.st_dev && a.st_ino == b.st_ino; }

}  // namespace

std::string follow_links(const std::string& path) {
  struct stat there {};
  const bool exists = ::stat(path.c_str(), &there) == 0;
  if (!exists && errno != ENOENT) throw system_error("looking at", path, errno);
  if (exists && !S_ISREG(there.st_mode)) {
    throw Error(ErrorCode::storage, "the path " + in_quotes(path) + " is " + kind_of(there));
  }
  fs::path end = path;
  std::error_code error;
  // As many as the kernel follows.
  for (int links = 0; links < 40 && fs::is_symlink(end, error); ++links) {
    const fs::path target = fs::read_symlink(end, error);
    if (error) throw system_error("reading the link", end.string(), error.value());
    end = end.parent_path() / target;  // which is the target where that is absolute
  }
  struct stat found {};
  const bool is_found = ::lstat(end.c_str(), &found) == 0;
  if (is_found && S_ISLNK(found.st_mode)) throw system_error("following the links of", path, ELOOP);
  // A link of /proc may say what is no path ("/tmp/x (deleted)").
  if (is_found != exists || (exists && !same(there, found))) {
    throw Error(ErrorCode::storage, "the path " + in_quotes(path) + " is a link to " + in_quotes(end.string()) +
                                        ", but the system follows it elsewhere; give the path of the file itself");
  }
  return end.string();
}

}  // namespace tessera::storage
