#include "storage/writer_lock.hpp"

#include <fcntl.h>

#include <cerrno>

#include "storage/local.hpp"
#include "storage/uninterrupted.hpp"

namespace tessera::storage {

namespace {

struct flock lock_of_type(short type) noexcept {
  struct flock range {};
  range.l_type = type;
  range.l_whence = SEEK_SET;
  range.l_start = static_cast<off_t>(1) << 62;
  range.l_len = 1;
  return range;
}

/// \param type F_WRLCK or F_UNLCK
bool set_lock([[maybe_unused]] int descriptor, [[maybe_unused]] short type) noexcept {
#ifdef F_OFD_SETLK
  struct flock range = lock_of_type(type);
  return uninterrupted([&] { return ::fcntl(descriptor, F_OFD_SETLK, &range); }) == 0;
#else
  errno = ENOSYS;
  return false;
#endif
}

}  // namespace

LockState WriterLock::take(int descriptor) noexcept {
  release();
  if (locks_are_forbidden() || !is_local(descriptor)) return LockState::none;
  if (!set_lock(descriptor, F_WRLCK)) return errno == EAGAIN || errno == EACCES ? LockState::refused : LockState::none;
  held_.hold(descriptor);
  return LockState::held;
}

void WriterLock::release() noexcept {
  const int descriptor = held_.release();
  if (descriptor >= 0) static_cast<void>(set_lock(descriptor, F_UNLCK));
}

bool has_writer([[maybe_unused]] int descriptor) noexcept {
#ifdef F_OFD_GETLK
  struct flock range = lock_of_type(F_WRLCK);
  return ::fcntl(descriptor, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK;
#else
  return false;
#endif
}

}  // namespace tessera::storage
