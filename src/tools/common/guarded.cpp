#include "tools/common/guarded.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "base/text.hpp"
#include "tools/common/exit_code.hpp"
#include "tools/common/told.hpp"

namespace tessera::tools {

namespace {

[[noreturn]] void be_the_child(pid_t parent, const std::function<int()>& work) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(failed);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  const int code = told(work);
  std::fflush(nullptr);
  ::_exit(code);
}

int status_of(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return status;
}

bool is_crash(int number) {
  return number == SIGSEGV || number == SIGBUS || number == SIGABRT || number == SIGFPE || number == SIGILL;
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
  if (child == 0) be_the_child(parent, work);
  const int status = status_of(child);
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  const int number = WTERMSIG(status);
  if (!is_crash(number)) end_by(number);
  std::fprintf(stderr, "tessera: %s is damaged: reading it, the HDF5 library ended with signal %d (%s)\n",
               in_quotes(path).c_str(), number, ::strsignal(number));
  return unreadable;
}

}  // namespace tessera::tools
