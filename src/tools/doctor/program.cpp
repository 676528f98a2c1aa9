#include "tools/doctor/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>

extern char** environ;

namespace tessera::doctor {

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto patience = std::chrono::seconds(10);

int milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return left > 0 ? static_cast<int>(left) : 0;
}

/// Starts a program whose standard output goes to `out`, errors nowhere.
/// \returns its number; -1 where it is not installed
pid_t start(const std::vector<std::string>& command, int out) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  // The interface is older than const; it does not change them.
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  pid_t child = -1;
  const int failure = posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return failure == 0 ? child : -1;
}

/// Reads to the end. \returns false when time runs out
bool read_all(int in, std::string& text, Clock::time_point deadline) {
  std::array<char, 4096> buffer{};
  while (true) {
    pollfd ready{in, POLLIN, 0};
    const int count = poll(&ready, 1, milliseconds_until(deadline));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    const ssize_t bytes = read(in, buffer.data(), buffer.size());
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes <= 0) return true;
    text.append(buffer.data(), static_cast<std::size_t>(bytes));
  }
}

/// Waits until the program has ended; ends it when time runs out. \returns its status as waitpid tells it
int end(pid_t child, Clock::time_point deadline) {
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (milliseconds_until(deadline) == 0) kill(child, SIGKILL);
    poll(nullptr, 0, 5);
  }
  return status;
}

}  // namespace

std::optional<std::string> output_of(const std::vector<std::string>& command) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
  const auto deadline = Clock::now() + patience;
  const pid_t child = start(command, ends[1]);
  close(ends[1]);
  std::string text;
  const bool complete = child > 0 && read_all(ends[0], text, deadline);
  close(ends[0]);
  if (child <= 0) return std::nullopt;
  const int status = end(child, deadline);
  // Killed for its time, or what some C libraries say of a program that is not there.
  if (!complete || WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 127)) return std::nullopt;
  return text;
}

}  // namespace tessera::doctor
