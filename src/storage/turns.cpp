#include "storage/turns.hpp"

#include <cerrno>
#include <ctime>

namespace tessera::storage {

#if defined(__linux__)

namespace {

/// Whether a call has locked it: also where its last holder died.
bool has_locked(pthread_mutex_t& mutex, int result) noexcept {
  if (result == EOWNERDEAD) return ::pthread_mutex_consistent(&mutex) == 0;
  return result == 0;
}

timespec time_in(std::chrono::milliseconds duration) noexcept {
  constexpr long second = 1'000'000'000;
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  const auto nanoseconds = time.tv_nsec + std::chrono::nanoseconds(duration).count();
  time.tv_sec += static_cast<std::time_t>(nanoseconds / second);
  time.tv_nsec = static_cast<long>(nanoseconds % second);
  return time;
}

}  // namespace

bool Turns::make(std::span<std::byte> memory) noexcept {
  pthread_mutexattr_t kind;
  if (::pthread_mutexattr_init(&kind) != 0) return false;
  bool made = ::pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED) == 0 &&
              ::pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST) == 0;
  auto* mutex = reinterpret_cast<pthread_mutex_t*>(memory.data());
  for (std::size_t left = memory.size() / sizeof(pthread_mutex_t); made && left > 0; --left) {
    made = ::pthread_mutex_init(mutex++, &kind) == 0;
  }
  ::pthread_mutexattr_destroy(&kind);
  return made;
}

/// A free one, or one's own when there is none.
pthread_mutex_t* Turns::wait() noexcept {
  if (mutexes_.empty() || Clock::now().time_since_epoch().count() < without_until_.load(std::memory_order_relaxed)) {
    return nullptr;
  }
  for (std::size_t i = 0; i < mutexes_.size(); ++i) {
    pthread_mutex_t& mutex = mutexes_[(first_ + i) % mutexes_.size()];
    if (has_locked(mutex, ::pthread_mutex_trylock(&mutex))) return &mutex;
  }
  pthread_mutex_t& own = mutexes_[first_ % mutexes_.size()];
  const timespec until = time_in(patience_);
  if (has_locked(own, ::pthread_mutex_timedlock(&own, &until))) return &own;
  without_until_.store((Clock::now() + 10 * patience_).time_since_epoch().count(), std::memory_order_relaxed);
  return nullptr;
}

Turns::Held::~Held() {
  if (mutex_ != nullptr) ::pthread_mutex_unlock(mutex_);
}

#else

bool Turns::make(std::span<std::byte>) noexcept { return false; }
pthread_mutex_t* Turns::wait() noexcept { return nullptr; }
Turns::Held::~Held() = default;

#endif

Turns::Turns(std::span<std::byte> memory, std::size_t first, std::chrono::milliseconds patience) noexcept
    : mutexes_(reinterpret_cast<pthread_mutex_t*>(memory.data()), memory.size() / sizeof(pthread_mutex_t)),
      first_(first), patience_(patience) {}

}  // namespace tessera::storage
