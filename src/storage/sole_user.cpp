#include "storage/sole_user.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <string>
#include <thread>
#include <utility>

#include "storage/local.hpp"
#include "storage/uninterrupted.hpp"

namespace tessera::storage {

#if defined(F_SETLEASE) && defined(F_SETSIG)

namespace {

/// Is there an NFS server, or can nobody tell?
bool may_be_exported() {
  std::ifstream systems("/proc/filesystems");
  bool is_complete = false;
  for (std::string word; systems >> word;) {
    if (word == "nfsd") return true;
    is_complete = true;
  }
  return !is_complete;
}

int lease(int descriptor, int what) noexcept {
  return uninterrupted([&] { return ::fcntl(descriptor, F_SETLEASE, what); });
}

}  // namespace

SoleUser::SoleUser(int descriptor) noexcept : descriptor_(descriptor) {
  try {
    may_ask_ = is_local(descriptor) && !may_be_exported();
  } catch (...) {
    may_ask_ = false;
  }
}

/// Who opens the file while the lease is held has the kernel send a signal: SIGIO, which would end the program, or the
/// one that is chosen here, which is ignored unless somebody handles it. The kernel forgets the choice with the lease.
bool SoleUser::is_alone() noexcept {
  if (!may_ask_) return false;
  may_ask_ = ::fcntl(descriptor_, F_SETSIG, SIGURG) == 0;
  if (!may_ask_) return false;
  if (lease(descriptor_, F_WRLCK) == 0) {
    may_ask_ = lease(descriptor_, F_UNLCK) == 0;
    return true;
  }
  may_ask_ = errno == EAGAIN || errno == EBUSY;  // somebody has it open; else there are no leases here
  return false;
}

#else

SoleUser::SoleUser(int descriptor) noexcept : descriptor_(descriptor) {}
bool SoleUser::is_alone() noexcept { return false; }

#endif

/// Who opens a file in a loop has it closed for microseconds, less than it takes to wake up. But where that program
/// waits for this processor only sleeping lets it close the file: then spinning is tried ever less often.
bool SoleUser::spin(Clock::time_point until) noexcept {
  constexpr std::chrono::microseconds max_spin(500);
  constexpr int max_pause = 64;
  const auto end = Clock::now() + max_spin;
  bool alone = is_alone();
  auto now = Clock::now();
  for (; !alone && may_ask_ && now < std::min(end, until); now = Clock::now()) {
    std::this_thread::yield();
    alone = is_alone();
  }
  if (!alone && now < end) return false;  // that was too short to tell
  spins_ = alone && now < end;
  spin_pause_ = spins_ ? 1 : std::min(2 * spin_pause_, max_pause);
  missed_ = 0;
  return alone;
}

bool SoleUser::is_alone_by(Clock::time_point until, ReaderWatch& watch) noexcept {
  using std::chrono::microseconds;
  if (spins_ && spin(until)) return true;
  bool has_closed = false;
  while (true) {
    if (is_alone()) return true;
    const auto now = Clock::now();
    if (!may_ask_ || now >= until) return false;
    // A close is told a moment before it counts.
    const Clock::duration pause = has_closed ? microseconds(20) : microseconds(1000);
    const bool had_closed = std::exchange(has_closed, watch.wait_for_close(std::min(pause, until - now)));
    if (had_closed && !is_alone() && ++missed_ >= spin_pause_ && spin(until)) return true;
  }
}

}  // namespace tessera::storage
