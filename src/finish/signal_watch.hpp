#pragma once

#include <string>
#include <vector>

namespace tessera::finish {

/// Counts signals instead of dying of them, as long as it lives.
///
/// The handler adds to a lock-free counter and calls the handler that was there before, nothing else. The first watch
/// of a signal installs it, the last one puts back what was there, unless somebody has installed another one since.
class SignalWatch {
 public:
  /// \throws Error invalid_argument for what check_signal refuses
  explicit SignalWatch(const std::vector<int>& signals);
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  /// One of the signals that came to this process since the watch was made; 0: none. Any thread.
  int received() const noexcept;

 private:
  struct Watched {
    int number;
    unsigned before;  ///< arrivals when the watch was made
  };
  std::vector<Watched> watched_;
};

/// Refuses what cannot be caught (SIGKILL), and what a program that goes on would meet again at once (SIGSEGV).
/// \throws Error invalid_argument
void check_signal(int number);

/// "SIGTERM"; "signal 40" for one without a name here.
std::string signal_name(int number);

}  // namespace tessera::finish
