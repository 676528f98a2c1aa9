#include "storage/shared_lock.hpp"

#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <iterator>
#include <string_view>

#include "storage/uninterrupted.hpp"

namespace tessera::storage {

/// HDF5 1.10 knows the first two words; who says one of the others means the same.
bool locks_are_forbidden() noexcept {
  const char* value = std::getenv("HDF5_USE_FILE_LOCKING");
  static constexpr std::string_view no[] = {"FALSE", "0", "NO", "OFF"};
  return value != nullptr && std::find(std::begin(no), std::end(no), value) != std::end(no);
}

LockState SharedLock::take(int descriptor) noexcept {
  release();
  if (locks_are_forbidden()) return LockState::none;
  const int result = uninterrupted([&] { return ::flock(descriptor, LOCK_SH | LOCK_NB); });
  if (result != 0) return errno == EWOULDBLOCK ? LockState::refused : LockState::none;
  held_.hold(descriptor);
  return LockState::held;
}

void SharedLock::release() noexcept {
  const int descriptor = held_.release();
  if (descriptor >= 0) static_cast<void>(::flock(descriptor, LOCK_UN));
}

}  // namespace tessera::storage
