#pragma once

#include <sys/types.h>

#include <array>
#include <chrono>
#include <string>
#include <thread>

#include "storage/file.hpp"

namespace tessera::storage {

/// Where there are no locks, says that a job of Tessera writes a file, to other such jobs: a small text file beside it,
/// `<file>.tessera-writer`, with the host, the process and the time. It goes with the writer; one that is killed leaves
/// it. Whose process is gone (on this host), or does not renew it for `silence` (on another one), no longer writes.
class WriterMark {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds silence = other_writer_patience;

  explicit WriterMark(const std::string& path);
  ~WriterMark() { release(); }
  WriterMark(const WriterMark&) = delete;
  WriterMark& operator=(const WriterMark&) = delete;

  /// Makes the mark, and keeps renewing it; where the directory does not allow that there is none. Waits for up to
  /// `patience` where another host had made one, and says so.
  /// \returns who writes the file: then there is no mark of this process; empty: nobody
  std::string take(Clock::duration patience = silence);

  /// The same for a file that is about to be made, whose name another job may be writing: without one where there is
  /// a mark of a job that may be alive.
  void take_if_free();

  /// Whether another job has made its mark instead, since it took this one for dead.
  bool is_replaced() const noexcept;

  void release() noexcept;

  const std::string& path() const noexcept { return path_; }

 private:
  bool make();
  bool write(unsigned long renewals) const noexcept;
  void renew_until_released() const noexcept;
  void let_go() noexcept;

  std::string path_;
  int descriptor_ = -1;
  pid_t owner_ = 0;
  std::thread renewing_;
  std::array<int, 2> pipe_{-1,
                           -1};  ///< by which it is told to end; a child of fork() may destroy this, not a condition
};

}  // namespace tessera::storage
