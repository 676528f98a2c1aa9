#include "storage/shared_opening.hpp"

#if defined(__linux__)

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace tessera::storage {

namespace {

/// A name without a file (it begins with a NUL character), which goes with the socket. 0: too long.
socklen_t address_of(std::string_view path, sockaddr_un& address) noexcept {
  constexpr std::string_view prefix = "tessera";
  const std::string_view name = path.substr(path.rfind('/') + 1);
  address = {};
  address.sun_family = AF_UNIX;
  const std::size_t size = 1 + prefix.size() + name.size();
  if (size > sizeof address.sun_path) return 0;
  std::memcpy(address.sun_path + 1, prefix.data(), prefix.size());
  std::memcpy(address.sun_path + 1 + prefix.size(), name.data(), name.size());
  return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size);
}

/// A socket that never waits, and one of the calls that give it its name.
template <class Call>
int named_socket(std::string_view path, Call&& call) noexcept {
  sockaddr_un address;
  const socklen_t size = address_of(path, address);
  if (size == 0) return -1;
  const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (made < 0) return -1;
  if (call(made, reinterpret_cast<const sockaddr*>(&address), size) == 0) return made;
  ::close(made);
  return -1;
}

/// Names of this kind have no permissions: whoever is on the node may connect.
bool is_same_user(int connection) noexcept {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::geteuid();
}

/// A message of one byte, with room for a descriptor.
struct Message {
  Message() noexcept {
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
  }
  char byte = 0;
  iovec part{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr header{};
};

void send(int connection, int descriptor) noexcept {
  Message message;
  cmsghdr* content = CMSG_FIRSTHDR(&message.header);
  content->cmsg_level = SOL_SOCKET;
  content->cmsg_type = SCM_RIGHTS;
  content->cmsg_len = CMSG_LEN(sizeof descriptor);
  std::memcpy(CMSG_DATA(content), &descriptor, sizeof descriptor);
  static_cast<void>(::sendmsg(connection, &message.header, MSG_NOSIGNAL | MSG_DONTWAIT));
}

int receive(int connection) noexcept {
  Message message;
  if (::recvmsg(connection, &message.header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) != 1) return -1;
  const cmsghdr* content = CMSG_FIRSTHDR(&message.header);
  const bool is_descriptor = content != nullptr && content->cmsg_level == SOL_SOCKET &&
                             content->cmsg_type == SCM_RIGHTS && content->cmsg_len == CMSG_LEN(sizeof(int));
  int descriptor = -1;
  if (is_descriptor) std::memcpy(&descriptor, CMSG_DATA(content), sizeof descriptor);
  return descriptor;
}

bool are_alike(int one, int other) noexcept {
  struct stat a {};
  struct stat b {};
  return ::fstat(one, &a) == 0 && ::fstat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino &&
         ((::fcntl(one, F_GETFL) ^ ::fcntl(other, F_GETFL)) & O_ACCMODE) == 0;
}

}  // namespace

OpeningGiver::OpeningGiver(const std::string& path) noexcept
    : socket_(named_socket(path, [](int made, const sockaddr* address, socklen_t size) {
        constexpr int most = 4096;  // that the kernel keeps waiting, usually
        return ::bind(made, address, size) == 0 ? ::listen(made, most) : -1;
      })) {}

OpeningGiver::~OpeningGiver() {
  if (socket_ >= 0) ::close(socket_);
}

void OpeningGiver::give(int descriptor) const noexcept {
  if (socket_ < 0) return;
  while (true) {
    const int connection = ::accept4(socket_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (connection < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
    if (connection < 0) return;
    if (is_same_user(connection)) send(connection, descriptor);
    ::close(connection);
  }
}

OpeningTaker::OpeningTaker(const std::string& path) noexcept
    : socket_(named_socket(path, [](int made, const sockaddr* address, socklen_t size) {
        return ::connect(made, address, size);
      })) {}

OpeningTaker::~OpeningTaker() {
  if (socket_ >= 0) ::close(socket_);
}

int OpeningTaker::take(int own) const noexcept {
  if (socket_ < 0 || !is_same_user(socket_)) return -1;
  const int descriptor = receive(socket_);
  if (descriptor < 0 || are_alike(descriptor, own)) return descriptor;
  ::close(descriptor);
  return -1;
}

}  // namespace tessera::storage

#else

namespace tessera::storage {

OpeningGiver::OpeningGiver(const std::string&) noexcept {}
OpeningGiver::~OpeningGiver() = default;
void OpeningGiver::give(int) const noexcept {}
OpeningTaker::OpeningTaker(const std::string&) noexcept {}
OpeningTaker::~OpeningTaker() = default;
int OpeningTaker::take(int) const noexcept { return -1; }

}  // namespace tessera::storage

#endif
