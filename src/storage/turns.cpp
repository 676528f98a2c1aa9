#include "storage/turns.hpp"

#include <cerrno>
#include <ctime>
#include <limits>
#include <memory>
#include <thread>

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace tessera::storage {

#if defined(__linux__)

namespace {

using Clock = std::chrono::steady_clock;
using Number = std::atomic<std::uint32_t>;

/// Whether a call has locked it: also where its last holder died.
bool has_locked(pthread_mutex_t& mutex, int result) noexcept {
  if (result == EOWNERDEAD) return ::pthread_mutex_consistent(&mutex) == 0;
  return result == 0;
}

/// Of CLOCK_MONOTONIC, which steady_clock has: nobody sets it.
timespec time_of(Clock::time_point time) noexcept {
  const auto since = time.time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
  return {static_cast<std::time_t>(seconds.count()),
          static_cast<long>(std::chrono::nanoseconds(since - seconds).count())};
}

bool lock_until(pthread_mutex_t& mutex, Clock::time_point until) noexcept {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 30)
  const timespec time = time_of(until);
  return has_locked(mutex, ::pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &time));
#else
  while (!has_locked(mutex, ::pthread_mutex_trylock(&mutex))) {
    if (Clock::now() >= until) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  return true;
#endif
}

/// Those who wait for one number are woken by it alone, as long as they are at most 32.
std::uint32_t bit_of(std::uint32_t ticket) noexcept { return std::uint32_t{1} << ticket % 32; }

/// Until it may no longer be `value`; at most until then. It is in memory of several processes.
void wait_for_other(Number& number, std::uint32_t value, std::uint32_t ticket, Clock::time_point until) noexcept {
  const timespec time = time_of(until);
  ::syscall(SYS_futex, &number, FUTEX_WAIT_BITSET, value, &time, nullptr, bit_of(ticket));
}

/// \param of which tickets, by bit_of()
void wake(Number& number, std::uint32_t of) noexcept {
  ::syscall(SYS_futex, &number, FUTEX_WAKE_BITSET, std::numeric_limits<int>::max(), nullptr, nullptr, of);
}

/// Numbers begin again at 0.
bool is_before(std::uint32_t a, std::uint32_t b) noexcept { return static_cast<std::int32_t>(a - b) < 0; }

/// The ticket is done with, and those before it.
void pass(Number& head, std::uint32_t ticket) noexcept {
  std::uint32_t now = head.load();
  while (!is_before(ticket, now) && !head.compare_exchange_weak(now, ticket + 1)) {
  }
  if (!is_before(ticket, now)) wake(head, now == ticket ? bit_of(ticket + 1) : ~std::uint32_t{0});
}

}  // namespace

bool Turns::make(std::span<std::byte> memory) noexcept {
  pthread_mutexattr_t kind;
  if (::pthread_mutexattr_init(&kind) != 0) return false;
  bool made = ::pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED) == 0 &&
              ::pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST) == 0;
  auto* turn = reinterpret_cast<Turn*>(memory.data());
  for (std::size_t left = memory.size() / sizeof(Turn); made && left > 0; --left, ++turn) {
    std::construct_at(turn);
    made = ::pthread_mutex_init(&turn->mutex, &kind) == 0;
  }
  ::pthread_mutexattr_destroy(&kind);
  return made;
}

/// One that nobody has or waits for.
Turns::Turn* Turns::free_one() noexcept {
  for (std::size_t i = 0; i < all_.size(); ++i) {
    Turn& turn = all_[(first_ + i) % all_.size()];
    if (turn.head.load() != turn.next.load()) continue;
    if (!has_locked(turn.mutex, ::pthread_mutex_trylock(&turn.mutex))) continue;
    ++turn.taken;
    return &turn;
  }
  return nullptr;
}

/// In order; false where it has not changed hands for too long.
bool Turns::queue(Turn& turn) const noexcept {
  const std::uint32_t ticket = turn.next.fetch_add(1);
  std::uint32_t seen = turn.taken.load();
  Clock::time_point until = Clock::now() + patience_;
  for (;;) {
    const std::uint32_t head = turn.head.load();
    const bool is_next = !is_before(head, ticket);
    if (is_next && lock_until(turn.mutex, until)) break;
    if (!is_next) wait_for_other(turn.head, head, ticket, until);
    if (const std::uint32_t now = turn.taken.load(); now != seen) {
      seen = now;
      until = Clock::now() + patience_;
    } else if (Clock::now() >= until) {
      pass(turn.head, ticket);  // with those before it, who have waited for longer, or died
      return false;
    }
  }
  ++turn.taken;
  pass(turn.head, ticket);
  return true;
}

/// A free one, or one's own when there is none.
Turns::Turn* Turns::wait() noexcept {
  if (all_.empty()) return nullptr;
  if (Clock::now().time_since_epoch().count() >= without_until_.load(std::memory_order_relaxed)) {
    if (Turn* const free = free_one(); free != nullptr) return free;
    Turn& own = all_[first_ % all_.size()];
    if (queue(own)) return &own;
    without_until_.store((Clock::now() + 10 * patience_).time_since_epoch().count(), std::memory_order_relaxed);
  }
  ++without_;
  return nullptr;
}

Turns::Held::~Held() {
  if (turn_ != nullptr) ::pthread_mutex_unlock(&turn_->mutex);
}

#else

bool Turns::make(std::span<std::byte>) noexcept { return false; }
Turns::Turn* Turns::wait() noexcept { return nullptr; }
Turns::Held::~Held() = default;

#endif

Turns::Turns(std::span<std::byte> memory, std::size_t first, std::chrono::milliseconds patience) noexcept
    : all_(reinterpret_cast<Turn*>(memory.data()), memory.size() / sizeof(Turn)), first_(first), patience_(patience) {}

}  // namespace tessera::storage
