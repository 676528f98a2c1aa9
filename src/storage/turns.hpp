#pragma once

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tessera::storage {

/// Turns in writing to one file: of the threads and processes that share them only a few write at a time. A turn is no
/// lock that anything depends on. Who waits for longer than a second, since another one is stopped or its disk is slow,
/// writes all the same, and asks for none for the next ten; the turn of a process that died goes to the next one.
///
/// They lie in memory that processes of a node share. Any thread.
class Turns {
 public:
  static constexpr std::chrono::milliseconds usual_patience{1000};
  static constexpr std::size_t max_count = 1024;

  /// What as many of them take, at an address for any type.
  static constexpr std::size_t bytes(std::size_t count) noexcept { return count * sizeof(pthread_mutex_t); }
  /// Makes them, in memory that nobody uses yet. \returns whether the system can
  static bool make(std::span<std::byte> memory) noexcept;

  /// \param memory of turns that were made; stays there
  /// \param first that is asked for: another one for each process, so that they spread
  Turns(std::span<std::byte> memory, std::size_t first, std::chrono::milliseconds patience = usual_patience) noexcept;

  /// Is given back when it goes out of scope, by the same thread.
  class Held {
   public:
    ~Held();
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    /// False where it took too long.
    bool is_held() const noexcept { return mutex_ != nullptr; }

   private:
    friend class Turns;
    explicit Held(pthread_mutex_t* mutex) noexcept : mutex_(mutex) {}
    pthread_mutex_t* mutex_;
  };
  /// Waits for one; never for long.
  [[nodiscard]] Held take() noexcept { return Held(wait()); }

 private:
  using Clock = std::chrono::steady_clock;
  pthread_mutex_t* wait() noexcept;

  std::span<pthread_mutex_t> mutexes_;
  std::size_t first_;
  std::chrono::milliseconds patience_;
  std::atomic<Clock::rep> without_until_{Clock::time_point::min().time_since_epoch().count()};
};

}  // namespace tessera::storage
