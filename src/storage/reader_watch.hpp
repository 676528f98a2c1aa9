#pragma once

#include <sys/types.h>

#include <chrono>

namespace tessera::storage {

/// Notices that any process opens or reads a file: Linux' inotify, on local file systems, whose every access passes
/// this kernel, also that of an NFS server which exports them. Elsewhere (network file systems, overlays, other
/// systems) it knows nothing.
class ReaderWatch {
 public:
  /// Watches the file behind an open descriptor from here on, under whatever name.
  explicit ReaderWatch(int descriptor);
  ~ReaderWatch();
  ReaderWatch(const ReaderWatch&) = delete;
  ReaderWatch& operator=(const ReaderWatch&) = delete;

  /// Whether somebody may have opened or read the file since the last call; true where that cannot be known.
  bool noticed() noexcept;

  /// Waits until somebody closes the file, or for so long; has somebody? The system may count it as open for some
  /// microseconds more. What else happens meanwhile is left to noticed().
  bool wait_for_close(std::chrono::nanoseconds most) noexcept;

  /// While it lives, what is read is an own read, which is not to be noticed.
  class OwnRead {
   public:
    explicit OwnRead(ReaderWatch* watch) : watch_(watch) {
      if (watch_ != nullptr) watch_->pending_ = watch_->noticed();
    }
    ~OwnRead() {
      if (watch_ != nullptr) watch_->forget_reads();
    }
    OwnRead(const OwnRead&) = delete;
    OwnRead& operator=(const OwnRead&) = delete;

   private:
    ReaderWatch* watch_;
  };

 private:
  void forget_reads() noexcept;

  bool is_own() const noexcept;

  int instance_ = -1;     ///< inotify's descriptor
  pid_t owner_ = 0;       ///< a child of fork() shares the instance, and must neither take its events nor end it
  int watched_ = -1;      ///< its number for the file
  bool pending_ = false;  ///< noticed, not yet told
};

}  // namespace tessera::storage
