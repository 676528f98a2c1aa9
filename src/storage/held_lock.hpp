#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <utility>

namespace tessera::storage {

/// The descriptor of a file that this process has locked. The lock belongs to what the descriptor stands for: a child
/// of fork() has a part in it and would keep it beyond that; and must not be the one to end it.
class HeldLock {
 public:
  void hold(int descriptor) noexcept {
    descriptor_ = descriptor;
    owner_ = ::getpid();
  }
  /// The descriptor to unlock, once; -1 where there is none, or another process has locked it.
  int release() noexcept {
    const int descriptor = std::exchange(descriptor_, -1);
    return ::getpid() == owner_ ? descriptor : -1;
  }

 private:
  int descriptor_ = -1;
  pid_t owner_ = 0;
};

}  // namespace tessera::storage
