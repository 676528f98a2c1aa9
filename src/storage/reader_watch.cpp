#include "storage/reader_watch.hpp"

#if defined(__linux__)

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <mutex>
#include <string>
#include <utility>

#include "storage/local.hpp"

namespace tessera::storage {

namespace {

constexpr unsigned closed = IN_CLOSE;

/// What happened since the last call; everything when events were lost.
unsigned take_events(int instance) noexcept {
  unsigned seen = 0;
  alignas(inotify_event) char buffer[4096];
  while (true) {
    const ssize_t size = ::read(instance, buffer, sizeof buffer);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) return seen;
    if (size <= 0) return ~0u;
    for (ssize_t at = 0; at < size;) {
      inotify_event event;
      std::memcpy(&event, buffer + at, sizeof event);
      seen |= event.mask;
      at += static_cast<ssize_t>(sizeof event + event.len);
    }
  }
}

/// Closing an instance waits for the kernel, 10 ms or so: those that are not in use wait for the next file.
class Instances {
 public:
  int take() {
    const std::lock_guard lock(mutex_);
    return count_ > 0 ? idle_[--count_] : ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  }

  void give_back(int instance, int watched) noexcept {
    const bool is_clean = watched < 0 || ::inotify_rm_watch(instance, watched) == 0;
    take_events(instance);
    const std::lock_guard lock(mutex_);
    if (is_clean && count_ < idle_.size()) {
      idle_[count_++] = instance;
    } else {
      ::close(instance);
    }
  }

 private:
  std::mutex mutex_;
  std::array<int, 4> idle_{};
  std::size_t count_ = 0;
};

Instances instances;

}  // namespace

ReaderWatch::ReaderWatch(int descriptor) {
  if (!is_local(descriptor)) return;
  owner_ = ::getpid();
  instance_ = instances.take();
  if (instance_ < 0) return;
  const std::string path = "/proc/self/fd/" + std::to_string(descriptor);
  watched_ = ::inotify_add_watch(instance_, path.c_str(), IN_OPEN | IN_ACCESS | IN_CLOSE);
  if (watched_ < 0) instances.give_back(std::exchange(instance_, -1), -1);
}

ReaderWatch::~ReaderWatch() {
  if (is_own()) {
    instances.give_back(instance_, watched_);
  } else if (instance_ >= 0) {
    ::close(instance_);
  }
}

bool ReaderWatch::is_own() const noexcept { return instance_ >= 0 && ::getpid() == owner_; }

bool ReaderWatch::noticed() noexcept {
  if (!is_own()) return true;
  const bool happened = (take_events(instance_) & ~closed) != 0;
  return std::exchange(pending_, false) || happened;
}

bool ReaderWatch::wait_for_close(std::chrono::nanoseconds most) noexcept {
  using std::chrono::seconds;
  const auto whole = std::chrono::duration_cast<seconds>(most);
  const timespec limit{whole.count(), static_cast<long>((most - whole).count())};
  pollfd waiting{is_own() ? instance_ : -1, POLLIN, 0};
  if (::ppoll(&waiting, 1, &limit, nullptr) <= 0) return false;
  const unsigned seen = take_events(instance_);
  pending_ = pending_ || (seen & ~closed) != 0;
  return (seen & closed) != 0;
}

/// Forgets accesses since the last call, but not that the file was opened.
void ReaderWatch::forget_reads() noexcept {
  constexpr unsigned forgotten = IN_ACCESS | closed;
  if (is_own() && (take_events(instance_) & ~forgotten) != 0) pending_ = true;
}

}  // namespace tessera::storage

#else

namespace tessera::storage {

ReaderWatch::ReaderWatch(int) {}
ReaderWatch::~ReaderWatch() = default;
bool ReaderWatch::is_own() const noexcept { return false; }
bool ReaderWatch::noticed() noexcept { return true; }
bool ReaderWatch::wait_for_close(std::chrono::nanoseconds) noexcept { return false; }
void ReaderWatch::forget_reads() noexcept {}

}  // namespace tessera::storage

#endif
