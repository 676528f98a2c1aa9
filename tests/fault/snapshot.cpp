#include "snapshot.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace tessera::fault {

namespace {

[[noreturn]] void fail(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

struct Descriptor {
  int number = -1;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

void copy_range(int from, int to, off_t begin, off_t end) {
  std::array<char, 65536> buffer;
  while (begin < end) {
    const ssize_t count = ::pread(from, buffer.data(),
                                  std::min<std::size_t>(buffer.size(), static_cast<std::size_t>(end - begin)), begin);
    if (count <= 0) fail("reading a file to copy");
    if (::pwrite(to, buffer.data(), static_cast<std::size_t>(count), begin) != count) fail("writing a copy");
    begin += count;
  }
}

}  // namespace

void copy_file(const std::string& from, const std::string& to) {
  const Descriptor source{::open(from.c_str(), O_RDONLY | O_CLOEXEC)};
  if (source.number < 0 && errno == ENOENT) return;
  if (source.number < 0) fail(from);
  const Descriptor target{::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
  if (target.number < 0) fail(to);
  const off_t length = ::lseek(source.number, 0, SEEK_END);
  if (::ftruncate(target.number, length) != 0) fail(to);
  for (off_t end = 0; end < length;) {
    const off_t begin = ::lseek(source.number, end, SEEK_DATA);
    if (begin < 0) break;  // a hole to the end
    end = ::lseek(source.number, begin, SEEK_HOLE);
    copy_range(source.number, target.number, begin, end);
  }
}

}  // namespace tessera::fault
