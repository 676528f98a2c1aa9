#include "comm/broadcast.hpp"

#include <algorithm>

#include "base/attempt.hpp"
#include "comm/check.hpp"
#include "comm/run.hpp"

namespace tessera::comm {

std::uint64_t broadcast(const Communicator& comm, int root, std::uint64_t value) {
  std::uint64_t& number = comm.memory().number;
  number = value;
  run(comm, [&](MPI_Request* request) {
    check(MPI_Ibcast(&number, 1, MPI_UINT64_T, root, comm.get(), request), "MPI_Ibcast");
  });
  return number;
}

/// In pieces, through memory that is there.
std::string broadcast_text(const Communicator& comm, int root, std::string_view text, std::optional<Error>& failure) {
  const std::uint64_t length = broadcast(comm, root, text.size());
  auto& piece = comm.memory().text;
  std::string received;
  attempt_unless(failure, [&] { received.reserve(length); });
  for (std::uint64_t at = 0; at < length; at += piece.size()) {
    const std::size_t size = std::min<std::uint64_t>(piece.size(), length - at);
    if (comm.rank() == root) text.copy(piece.data(), size, at);
    run(comm, [&](MPI_Request* request) {
      check(MPI_Ibcast(piece.data(), static_cast<int>(size), MPI_CHAR, root, comm.get(), request), "MPI_Ibcast");
    });
    if (received.capacity() >= length) received.append(piece.data(), size);
  }
  return received;
}

std::string broadcast_text(const Communicator& comm, int root, std::string_view text) {
  std::optional<Error> failure;
  std::string received = broadcast_text(comm, root, text, failure);
  if (failure) throw *failure;
  return received;
}

}  // namespace tessera::comm
