/// \file
/// Plays liblustreapi for tests: the calls that Tessera makes, on an ordinary file system.

#include <fcntl.h>

#include <cerrno>
#include <cstdint>

#include "fake_lustre.hpp"

struct llapi_layout {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
};

extern "C" {

FakeLustre fake_lustre;

llapi_layout* llapi_layout_alloc() {
  ++fake_lustre.layouts;
  return new llapi_layout;
}

void llapi_layout_free(llapi_layout* layout) {
  --fake_lustre.layouts;
  delete layout;
}

llapi_layout* llapi_layout_get_by_path(const char*, std::uint32_t flags) {
  if (!fake_lustre.is_known || flags != 1) return nullptr;
  llapi_layout* layout = llapi_layout_alloc();
  layout->count = fake_lustre.expected_count;
  return layout;
}

bool llapi_layout_is_composite(llapi_layout*) { return fake_lustre.is_composite; }

int llapi_layout_stripe_count_get(const llapi_layout* layout, std::uint64_t* count) {
  *count = layout->count;
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
  if (!fake_lustre.can_create) {
    errno = ENOTTY;
    return -1;
  }
  ++fake_lustre.created;
  fake_lustre.count = layout->count;
  fake_lustre.bytes = layout->bytes;
  return ::open(path, flags | O_CREAT | O_EXCL, mode);
}
}
