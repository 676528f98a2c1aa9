#include "tools/common/guarded.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "base/attempt.hpp"
#include "base/text.hpp"
#include "tools/common/exit_code.hpp"
#include "tools/common/told.hpp"

namespace tessera::tools {

namespace {

void prepare_child(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(failed);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
}

int status_of(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return status;
}

bool is_crash(int number) {
  return number == SIGSEGV || number == SIGBUS || number == SIGABRT || number == SIGFPE || number == SIGILL;
}

Error damaged(const std::string& path, int number) {
  return {ErrorCode::hdf5, in_quotes(path) + " is damaged: reading it, the HDF5 library ended with signal " +
                               std::to_string(number) + " (" + ::strsignal(number) + ")"};
}

/// As the child did, for the shell to see.
[[noreturn]] void end_by(int number) {
  ::signal(number, SIG_DFL);
  ::raise(number);
  ::_exit(128 + number);
}

}  // namespace

int guarded(const std::string& path, const std::function<int()>& work) {
  std::fflush(nullptr);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return told(work);
  if (child == 0) {
    prepare_child(parent);
    const int code = told(work);
    std::fflush(nullptr);
    ::_exit(code);
  }
  const int status = status_of(child);
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  const int number = WTERMSIG(status);
  if (!is_crash(number)) end_by(number);
  return told([&]() -> int { throw damaged(path, number); });
}

std::optional<Error> crash_of(const std::string& path, const std::function<void()>& work) {
  std::fflush(nullptr);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return std::nullopt;
  if (child == 0) {
    prepare_child(parent);
    std::optional<Error> ignored;
    attempt(ignored, work);
    ::_exit(good);
  }
  const int status = status_of(child);
  if (WIFEXITED(status) || !is_crash(WTERMSIG(status))) return std::nullopt;
  return damaged(path, WTERMSIG(status));
}

}  // namespace tessera::tools
