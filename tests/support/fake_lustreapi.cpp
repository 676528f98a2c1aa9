/// \file
/// Plays liblustreapi for tests: the calls that Tessera makes, on an ordinary file system.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <map>

#include "fake_lustre.hpp"

struct llapi_layout {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
};

extern "C" {

FakeLustre fake_lustre;

/// What files have that were created with one of their own.
static std::map<ino_t, llapi_layout>& layouts() {
  static std::map<ino_t, llapi_layout> all;
  return all;
}

llapi_layout* llapi_layout_alloc() {
  ++fake_lustre.layouts;
  return new llapi_layout;
}

void llapi_layout_free(llapi_layout* layout) {
  --fake_lustre.layouts;
  delete layout;
}

/// Of a file that is there: its own, whatever its directory says.
llapi_layout* llapi_layout_get_by_path(const char* path, std::uint32_t flags) {
  struct stat status {};
  const bool is_file = ::stat(path, &status) == 0 && S_ISREG(status.st_mode);
  const bool is_expected = flags == 1;
  if (is_file && is_expected) ++fake_lustre.asked_of_files;
  if (!fake_lustre.is_known || (!is_file && !is_expected)) return nullptr;
  llapi_layout* layout = llapi_layout_alloc();
  layout->count = fake_lustre.expected_count;
  layout->bytes = 1u << 20;
  if (!is_file) return layout;
  const auto found = layouts().find(status.st_ino);
  if (fake_lustre.created > 0 && found != layouts().end()) *layout = found->second;
  return layout;
}

bool llapi_layout_is_composite(llapi_layout*) { return fake_lustre.is_composite; }

int llapi_layout_stripe_count_get(const llapi_layout* layout, std::uint64_t* count) {
  *count = layout->count;
  return 0;
}

int llapi_layout_stripe_size_get(const llapi_layout* layout, std::uint64_t* bytes) {
  *bytes = layout->bytes;
  return 0;
}

int llapi_layout_stripe_count_set(llapi_layout* layout, std::uint64_t count) {
  layout->count = count;
  return 0;
}

int llapi_layout_stripe_size_set(llapi_layout* layout, std::uint64_t bytes) {
  if (bytes % 65536 != 0) {
    errno = EINVAL;
    return -1;
  }
  layout->bytes = bytes;
  return 0;
}

int llapi_layout_file_create(const char* path, int flags, int mode, const llapi_layout* layout) {
  const int descriptor = ::open(path, flags | O_CREAT | O_EXCL, mode);
  if (descriptor < 0) return descriptor;
  if (!fake_lustre.can_create) {
    ::close(descriptor);
    errno = ENOTTY;
    return -1;
  }
  ++fake_lustre.created;
  fake_lustre.count = layout->count;
  fake_lustre.bytes = layout->bytes;
  struct stat status {};
  if (::fstat(descriptor, &status) == 0) layouts()[status.st_ino] = *layout;
  return descriptor;
}
}
