#include "storage/writer_mark.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "base/host_name.hpp"
#include "base/signals_blocked.hpp"
#include "storage/read_at.hpp"
#include "storage/uninterrupted.hpp"

namespace tessera::storage {

namespace {

constexpr int between_renewals = 5000;  // milliseconds
constexpr std::chrono::seconds being_made(2);

/// When a process began, in the kernel's ticks: another one may have its number later. 0: not known.
unsigned long long beginning_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  const std::size_t name_end = text.rfind(')');  // the program's name may have spaces
  if (name_end == std::string::npos) return 0;
  std::istringstream words(text.substr(name_end + 1));
  std::string word;
  for (int number = 3; number <= 22; ++number) words >> word;
  return std::strtoull(word.c_str(), nullptr, 10);
}

struct Owner {
  std::string host;
  pid_t process = 0;
  unsigned long long began = 0;
  std::string since;

  bool is_of_this_host() const { return !host.empty() && host == host_name().data(); }
  bool is_alive() const {
    if (::kill(process, 0) != 0 && errno == ESRCH) return false;
    return began == 0 || began == beginning_of(process);
  }
  std::string described() const { return "process " + std::to_string(process) + " on " + host + " since " + since; }
};

std::optional<std::string> content_of(const std::string& path) {
  const int descriptor = uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); });
  if (descriptor < 0) return std::nullopt;
  std::array<std::byte, 1024> bytes;
  const ssize_t size = read_at(descriptor, bytes, 0);
  ::close(descriptor);
  return std::string(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(size < 0 ? 0 : size));
}

Owner owner_of(const std::string& content) {
  Owner owner;
  std::istringstream lines(content);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t space = line.find(' ');
    if (space == std::string::npos) continue;
    const std::string value = line.substr(space + 1);
    if (line.starts_with("host ")) owner.host = value;
    if (line.starts_with("process ")) owner.process = static_cast<pid_t>(std::strtol(value.c_str(), nullptr, 10));
    if (line.starts_with("began ")) owner.began = std::strtoull(value.c_str(), nullptr, 10);
    if (line.starts_with("since ")) owner.since = value;
  }
  return owner;
}

std::string now_text() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  std::array<char, 32> text{};
  ::gmtime_r(&now, &parts);
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

/// Whether a mark becomes another one, or goes, within that time.
bool changes_within(WriterMark::Clock::duration patience, const std::string& path, const std::string& content) {
  const auto until = WriterMark::Clock::now() + patience;
  while (WriterMark::Clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    if (content_of(path) != content) return true;
  }
  return false;
}

}  // namespace

WriterMark::WriterMark(const std::string& path) {
  std::error_code ignored;  // the program may change its directory
  path_ = std::filesystem::absolute(path, ignored).string() + ".tessera-writer";
}

std::string WriterMark::take(Clock::duration patience) {
  release();
  for (int left = 3;; --left) {
    if (make()) return "";
    const auto content = content_of(path_);
    if (!content) {
      if (left == 0) return "";  // none can be made, nor read
      continue;
    }
    const Owner owner = owner_of(*content);
    // One that has just been made is empty yet.
    if (owner.host.empty() && left > 0 && changes_within(being_made, path_, *content)) continue;
    if (owner.is_of_this_host()) {
      if (owner.is_alive() || left == 0) return owner.described();
    } else {
      std::fprintf(stderr, "tessera: %s: made by %s; waiting %.0f s for a sign of it\n", path_.c_str(),
                   owner.described().c_str(), std::chrono::duration<double>(patience).count());
      if (changes_within(patience, path_, *content) || left == 0) {
        if (content_of(path_)) return owner.described();
        continue;
      }
    }
    ::unlink(path_.c_str());
  }
}

void WriterMark::take_if_free() {
  release();
  const auto content = content_of(path_);
  if (content) {
    const Owner owner = owner_of(*content);
    if (!owner.is_of_this_host() || owner.is_alive()) return;
    ::unlink(path_.c_str());
  }
  make();
}

/// \returns false where there is one; or none, if it could not be made
bool WriterMark::make() {
  descriptor_ = uninterrupted([&] { return ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644); });
  if (descriptor_ < 0) return false;
  owner_ = ::getpid();
  const std::string text = "Written while a job of Tessera writes the file of this name.\nhost " +
                           std::string(host_name().data()) + "\nprocess " + std::to_string(owner_) + "\nbegan " +
                           std::to_string(beginning_of(owner_)) + "\nsince " + now_text() + "\nrenewals          0\n";
  bool is_made = uninterrupted([&] { return ::pwrite(descriptor_, text.data(), text.size(), 0); }) ==
                 static_cast<ssize_t>(text.size());
  try {
    is_made = is_made && ::pipe2(pipe_.data(), O_CLOEXEC) == 0;
    const SignalsBlocked blocked;
    if (is_made) renewing_ = std::thread([this] { renew_until_released(); });
  } catch (const std::exception&) {
    is_made = false;
  }
  if (!is_made) {
    ::unlink(path_.c_str());
    let_go();
  }
  return true;
}

/// The last line, which is of one length. Others read it once it is with the file server.
bool WriterMark::write(unsigned long renewals) const noexcept {
  std::array<char, 32> line{};
  const int size = std::snprintf(line.data(), line.size(), "%10lu\n", renewals);
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0 || status.st_size < size) return false;
  return ::pwrite(descriptor_, line.data(), static_cast<std::size_t>(size), status.st_size - size) == size &&
         ::fsync(descriptor_) == 0;
}

void WriterMark::renew_until_released() const noexcept {
  for (unsigned long renewals = 1;; ++renewals) {
    pollfd end{pipe_[0], POLLIN, 0};
    if (::poll(&end, 1, between_renewals) != 0) return;
    static_cast<void>(write(renewals));
  }
}

bool WriterMark::is_replaced() const noexcept {
  struct stat own {};
  struct stat named {};
  if (descriptor_ < 0 || ::fstat(descriptor_, &own) != 0 || ::stat(path_.c_str(), &named) != 0) return false;
  return own.st_dev != named.st_dev || own.st_ino != named.st_ino;
}

void WriterMark::release() noexcept {
  if (descriptor_ < 0) return;
  if (::getpid() != owner_) {  // a child of fork() has no such thread, and no part in the mark
    if (renewing_.joinable()) renewing_.detach();
    return let_go();
  }
  if (renewing_.joinable()) {
    static_cast<void>(uninterrupted([&] { return ::write(pipe_[1], "", 1); }));
    renewing_.join();
  }
  if (!is_replaced()) ::unlink(path_.c_str());
  let_go();
}

void WriterMark::let_go() noexcept {
  for (int* one : {&descriptor_, &pipe_[0], &pipe_[1]}) {
    if (*one >= 0) ::close(*one);
    *one = -1;
  }
}

}  // namespace tessera::storage
