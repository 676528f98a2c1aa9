#pragma once

#include <cerrno>

namespace tessera::storage {

/// Repeats a system call that a signal interrupted: simulations have timers and profilers.
template <class Call>
auto uninterrupted(Call&& call) noexcept(noexcept(call())) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

}  // namespace tessera::storage
