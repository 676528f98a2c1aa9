#include "finish/signal_watch.hpp"

#include <signal.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>

#include <tessera/error.hpp>

namespace tessera::finish {

namespace {

constexpr int signal_limit = NSIG;  ///< numbers are below

static_assert(std::atomic<unsigned>::is_always_lock_free, "a signal handler may use lock-free atomics only");
constinit std::array<std::atomic<unsigned>, signal_limit> arrivals{};
/// Written before the handler is installed, never while it is.
std::array<struct sigaction, signal_limit> previous{};

std::mutex installing;
std::array<int, signal_limit> watchers{};

extern "C" void count_signal(int number, siginfo_t* info, void* context) {
  const auto index = static_cast<std::size_t>(number);
  arrivals[index].fetch_add(1, std::memory_order_relaxed);
  const struct sigaction& before = previous[index];
  if ((before.sa_flags & SA_SIGINFO) != 0) {
    // Itself, when somebody put back an old copy of it.
    if (before.sa_sigaction != nullptr && before.sa_sigaction != count_signal) {
      before.sa_sigaction(number, info, context);
    }
  } else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
    before.sa_handler(number);
  }
}

[[noreturn]] void refuse(int number, const std::string& why) {
  throw Error(ErrorCode::invalid_argument, "FinishOptions::signals names " + signal_name(number) + ", which " + why +
                                               "; name signals such as SIGTERM and SIGUSR1");
}

void install(int number) {
  const auto index = static_cast<std::size_t>(number);
  struct sigaction own {};
  own.sa_sigaction = count_signal;
  // System calls of HDF5 and MPI go on after the handler; a stack of its own where the thread has one.
  own.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
  sigemptyset(&own.sa_mask);
  if (sigaction(number, nullptr, &previous[index]) != 0 || sigaction(number, &own, nullptr) != 0) {
    refuse(number, std::string("cannot be caught: ") + std::strerror(errno));
  }
}

void restore(int number) {
  const auto index = static_cast<std::size_t>(number);
  struct sigaction now {};
  const bool ours =
      sigaction(number, nullptr, &now) == 0 && (now.sa_flags & SA_SIGINFO) != 0 && now.sa_sigaction == count_signal;
  if (ours) sigaction(number, &previous[index], nullptr);
}

void release(int number) {
  if (--watchers[static_cast<std::size_t>(number)] == 0) restore(number);
}

}  // namespace

void check_signal(int number) {
  if (number <= 0 || number >= signal_limit) refuse(number, "is no signal");
  for (const int fatal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS}) {
    if (number == fatal) refuse(number, "tells of a defect that the program must not survive");
  }
  if (number == SIGKILL || number == SIGSTOP) refuse(number, "cannot be caught");
}

SignalWatch::SignalWatch(const std::vector<int>& signals) {
  for (const int number : signals) check_signal(number);
  const std::lock_guard lock(installing);
  try {
    for (const int number : signals) {
      const auto index = static_cast<std::size_t>(number);
      const bool twice =
          std::any_of(watched_.begin(), watched_.end(), [&](const Watched& other) { return other.number == number; });
      if (twice) continue;
      watched_.push_back({number, arrivals[index].load(std::memory_order_relaxed)});
      if (watchers[index]++ == 0) install(number);
    }
  } catch (...) {
    for (const Watched& entry : watched_) release(entry.number);
    throw;
  }
}

SignalWatch::~SignalWatch() {
  const std::lock_guard lock(installing);
  for (const Watched& entry : watched_) release(entry.number);
}

int SignalWatch::received() const noexcept {
  for (const Watched& entry : watched_) {
    if (arrivals[static_cast<std::size_t>(entry.number)].load(std::memory_order_relaxed) != entry.before) {
      return entry.number;
    }
  }
  return 0;
}

std::string signal_name(int number) {
  constexpr std::array<std::pair<int, const char*>, 17> names{{{SIGTERM, "SIGTERM"},
                                                               {SIGUSR1, "SIGUSR1"},
                                                               {SIGUSR2, "SIGUSR2"},
                                                               {SIGINT, "SIGINT"},
                                                               {SIGHUP, "SIGHUP"},
                                                               {SIGURG, "SIGURG"},
                                                               {SIGXCPU, "SIGXCPU"},
                                                               {SIGALRM, "SIGALRM"},
                                                               {SIGQUIT, "SIGQUIT"},
                                                               {SIGCONT, "SIGCONT"},
                                                               {SIGTSTP, "SIGTSTP"},
                                                               {SIGKILL, "SIGKILL"},
                                                               {SIGSTOP, "SIGSTOP"},
                                                               {SIGSEGV, "SIGSEGV"},
                                                               {SIGBUS, "SIGBUS"},
                                                               {SIGFPE, "SIGFPE"},
                                                               {SIGABRT, "SIGABRT"}}};
  for (const auto& [known, name] : names) {
    if (known == number) return name;
  }
  return "signal " + std::to_string(number);
}

}  // namespace tessera::finish
