#pragma once

#include <pthread.h>
#include <signal.h>

namespace tessera {

/// While it lives the calling thread takes no signal, and neither do threads that it makes, ever: they inherit the
/// mask. So handlers of the application run where they did before.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace tessera
