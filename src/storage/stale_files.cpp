#include "storage/stale_files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <memory>
#include <random>
#include <string_view>

#include "base/digest.hpp"
#include "storage/directory.hpp"
#include "storage/local.hpp"
#include "storage/uninterrupted.hpp"

namespace tessera::storage {

namespace {

namespace fs = std::filesystem;

std::string prefix_of(const std::string& path) {
  std::array<char, 32> text{};
  const std::uint64_t number = digest(fs::path(path).filename().string());
  std::snprintf(text.data(), text.size(), ".tessera-%08x-", static_cast<unsigned>(number ^ number >> 32));
  return text.data();
}

bool is_local_directory(const std::string& directory) {
  const int descriptor = uninterrupted([&] { return ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  if (descriptor < 0) return false;
  const bool result = is_local(descriptor);
  ::close(descriptor);
  return result;
}

/// While somebody makes the file there is a lock on it. A lock says nothing about other nodes, which a file on a
/// local file system has none of; and it may be forbidden, so the file has to be old too.
bool is_abandoned(int descriptor) {
  constexpr std::time_t least_age = 60;  // seconds
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && is_local(descriptor) &&
         status.st_mtime + least_age <= std::time(nullptr) && ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
}

/// The lock is held until the name is gone: of several who clean up, one does.
void remove_if_abandoned(const std::string& path) {
  const int descriptor =
      uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC); });
  if (descriptor < 0) return;
  struct stat opened {};
  struct stat named {};
  if (is_abandoned(descriptor) && ::fstat(descriptor, &opened) == 0 && ::lstat(path.c_str(), &named) == 0 &&
      opened.st_dev == named.st_dev && opened.st_ino == named.st_ino) {
    ::unlink(path.c_str());
  }
  ::close(descriptor);
}

}  // namespace

std::string unfinished_name(const std::string& path) {
  std::random_device random;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%08x%08x", static_cast<unsigned>(random()), static_cast<unsigned>(random()));
  return prefix_of(path) + text.data();
}

void remove_stale_files(const std::string& path) noexcept {
  try {
    const std::string directory = directory_of(path);
    if (!is_local_directory(directory)) return;  // it may be large, and nothing in it may be removed
    const std::string prefix = prefix_of(path);
    // Not std::filesystem::directory_iterator: that of libstdc++ 12 ends the program where there is no memory.
    const std::unique_ptr<DIR, int (*)(DIR*)> all(::opendir(directory.c_str()), ::closedir);
    while (const dirent* entry = all ? ::readdir(all.get()) : nullptr) {
      if (std::string_view(entry->d_name).starts_with(prefix)) remove_if_abandoned(directory + "/" + entry->d_name);
    }
  } catch (const std::exception&) {
    // A stale file does no harm.
  }
}

}  // namespace tessera::storage
