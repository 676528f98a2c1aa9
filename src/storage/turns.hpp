#pragma once

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tessera::storage {

/// Turns in writing to one file: of the threads and processes that share them only a few write at a time, in the order
/// in which they ask. A turn is no lock that anything depends on. When none has changed hands for a second, since who
/// has it is stopped or its disk is slow, those who wait write all the same, and ask for none for the next ten; the
/// turn of a process that died goes to the next one.
///
/// They lie in memory that processes of a node share. Any thread.
class Turns {
  /// Who asks draws a ticket of `next`. Only the one whose ticket `head` has come to asks for the mutex, which tells
  /// when its holder has died.
  struct Turn {
    pthread_mutex_t mutex;
    std::atomic<std::uint32_t> next;
    std::atomic<std::uint32_t> head;
    std::atomic<std::uint32_t> taken;  ///< how often: whether it changes hands
  };

 public:
  static constexpr std::chrono::milliseconds usual_patience{1000};
  static constexpr std::size_t max_count = 1024;

  /// What as many of them take, at an address for any type.
  static constexpr std::size_t bytes(std::size_t count) noexcept { return count * sizeof(Turn); }
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
    bool is_held() const noexcept { return turn_ != nullptr; }

   private:
    friend class Turns;
    explicit Held(Turn* turn) noexcept : turn_(turn) {}
    Turn* turn_;
  };
  /// Waits for one, as long as they change hands.
  [[nodiscard]] Held take() noexcept { return Held(wait()); }

  /// How often it took too long, or was not waited for since it had.
  std::uint64_t without() const noexcept { return without_.load(std::memory_order_relaxed); }

 private:
  using Clock = std::chrono::steady_clock;
  Turn* wait() noexcept;
  Turn* free_one() noexcept;
  bool queue(Turn& turn) const noexcept;

  std::span<Turn> all_;
  std::size_t first_;
  std::chrono::milliseconds patience_;
  std::atomic<std::uint64_t> without_ = 0;
  std::atomic<Clock::rep> without_until_{Clock::time_point::min().time_since_epoch().count()};
};

}  // namespace tessera::storage
