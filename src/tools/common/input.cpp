#include "tools/common/input.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "storage/local.hpp"
#include "storage/shared_lock.hpp"
#include "storage/writer_lock.hpp"

namespace tessera::tools {

namespace {

Error cannot_read(const std::string& path, const std::string& why) {
  return {ErrorCode::storage, "cannot read " + in_quotes(path) + ": " + why};
}

/// The 8 bytes at the end of a file that was not closed (FORMAT.md).
bool has_end_mark(int descriptor, off_t size) {
  constexpr std::string_view mark = "tessera\n";
  std::array<char, mark.size()> bytes{};
  if (size < static_cast<off_t>(mark.size())) return false;
  const ssize_t count = ::pread(descriptor, bytes.data(), bytes.size(), size - static_cast<off_t>(mark.size()));
  return count == static_cast<ssize_t>(mark.size()) && std::string_view(bytes.data(), bytes.size()) == mark;
}

}  // namespace

hdf5::InputFile open_input(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) throw cannot_read(path, std::strerror(errno));
  if (S_ISDIR(info.st_mode)) throw cannot_read(path, "it is a directory");
  if (!S_ISREG(info.st_mode)) throw cannot_read(path, "it is no regular file");
  if (info.st_size == 0) throw cannot_read(path, "it is empty");
  return hdf5::InputFile(path);
}

WriterState writer_state(const std::string& path) noexcept {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return WriterState::closed;
  WriterState state = WriterState::closed;
  struct stat info {};
  if (storage::has_writer(descriptor)) {
    state = WriterState::live;
  } else if (::fstat(descriptor, &info) == 0 && has_end_mark(descriptor, info.st_size)) {
    const bool knows_writers = storage::is_local(descriptor) && !storage::locks_are_forbidden();
    state = knows_writers ? WriterState::left : WriterState::open;
  }
  ::close(descriptor);
  return state;
}

const char* to_string(WriterState state) noexcept {
  switch (state) {
    case WriterState::closed: return "closed";
    case WriterState::live: return "live";
    case WriterState::left: return "left";
    case WriterState::open: return "open";
  }
  return "";
}

const char* in_words(WriterState state) noexcept {
  switch (state) {
    case WriterState::closed: return "closed";
    case WriterState::live: return "being written";
    case WriterState::left: return "not closed, no job writes it";
    case WriterState::open: return "not closed";
  }
  return "";
}

}  // namespace tessera::tools
