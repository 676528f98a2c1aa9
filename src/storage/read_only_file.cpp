#include "storage/read_only_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "storage/check.hpp"
#include "storage/read_at.hpp"
#include "storage/uninterrupted.hpp"

namespace tessera::storage {

ReadOnlyFile::ReadOnlyFile(std::string path) : path_(std::move(path)) {
  descriptor_ = uninterrupted([&] { return ::open(path_.c_str(), O_RDONLY | O_CLOEXEC); });
  if (descriptor_ < 0) throw system_error("opening for reading", path_, errno);
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
    const int error = S_ISDIR(status.st_mode) ? EISDIR : errno != 0 ? errno : EINVAL;
    ::close(descriptor_);
    throw system_error("opening for reading", path_, error);
  }
  inode_ = status.st_ino;
}

ReadOnlyFile::~ReadOnlyFile() { ::close(descriptor_); }

std::size_t ReadOnlyFile::read_some(std::uint64_t offset, std::span<std::byte> bytes) const {
  const ssize_t done = read_at(descriptor_, bytes, offset);
  if (done < 0) throw system_error("reading", path_, errno);
  return static_cast<std::size_t>(done);
}

void ReadOnlyFile::read(std::uint64_t offset, std::span<std::byte> bytes) const {
  if (offset <= INT64_MAX - bytes.size() && read_some(offset, bytes) == bytes.size()) return;
  throw Error(ErrorCode::storage, "the file " + in_quotes(path_) + " ends before byte " + std::to_string(offset) +
                                      " + " + std::to_string(bytes.size()) + ": it is truncated or damaged");
}

void ReadOnlyFile::read_padded(std::uint64_t offset, std::span<std::byte> bytes) const {
  const std::size_t done = offset <= INT64_MAX - bytes.size() ? read_some(offset, bytes) : 0;
  std::ranges::fill(bytes.subspan(done), std::byte{0});
}

std::uint64_t ReadOnlyFile::size() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) throw system_error("asking for the size of", path_, errno);
  return static_cast<std::uint64_t>(status.st_size);
}

bool ReadOnlyFile::lock() const noexcept {
  return ::flock(descriptor_, LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

void ReadOnlyFile::unlock() const noexcept { ::flock(descriptor_, LOCK_UN); }

}  // namespace tessera::storage
