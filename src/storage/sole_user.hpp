#pragma once

#include <chrono>

#include "storage/reader_watch.hpp"

namespace tessera::storage {

/// Asks the kernel whether anybody else has a file open, readers between two reads and mapped files included: Linux
/// grants a lease for writing (F_SETLEASE) only to the sole open file description of a file. It is given back at once:
/// who opens the file in these microseconds waits that long. Copies of a descriptor, by dup(), fork() or a message
/// (SharedOpening), are one description.
///
/// On local file systems, for the file's owner, where no NFS server runs: that one has a file open only while it reads.
class SoleUser {
 public:
  using Clock = std::chrono::steady_clock;

  explicit SoleUser(int descriptor) noexcept;

  /// Whether nobody else has the file open, now or at some moment before `until`; waits for those who close it. False
  /// at once where that cannot be known.
  bool is_alone_by(Clock::time_point until, ReaderWatch& watch) noexcept;

 private:
  bool is_alone() noexcept;
  bool spin(Clock::time_point until) noexcept;

  int descriptor_;
  bool may_ask_ = false;
  bool spins_ = false;  ///< rather than sleeping until somebody closes the file
  int missed_ = 0;      ///< closes after which the file was open again before this had woken up
  int spin_pause_ = 1;  ///< so many until spinning is tried
};

}  // namespace tessera::storage
