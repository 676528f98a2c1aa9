#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "comm/communicator.hpp"

namespace tessera::comm {

/// Element `r` goes to rank r; the result's element r came from rank r. Collective; any list may be empty.
std::vector<std::vector<std::int64_t>> all_to_all(const Communicator& comm,
                                                  const std::vector<std::vector<std::int64_t>>& outgoing);

/// The value that `root` has, on every rank. Collective.
std::uint64_t broadcast(const Communicator& comm, int root, std::uint64_t value);

/// The largest of all ranks' values. Collective.
std::int64_t largest(const Communicator& comm, std::int64_t value);

/// All ranks' bytes on rank 0, in rank order; nothing on the others. Collective.
std::vector<std::byte> gather_bytes(const Communicator& comm, std::span<const std::byte> own);

/// The same where a rank may have nothing to give since it failed: then rank 0 gets nothing.
std::optional<std::vector<std::byte>> gather_bytes_of_all(const Communicator& comm,
                                                          std::optional<std::span<const std::byte>> own);

/// Messages of bytes between pairs of ranks that both know of them: begin all, then finish.
/// Messages between two ranks that have the same tag arrive in the order in which they were sent.
class Messages {
 public:
  explicit Messages(const Communicator& comm) : comm_(comm) {}
  /// Waits for what is still under way, unless other ranks are missing.
  ~Messages();
  Messages(const Messages&) = delete;
  Messages& operator=(const Messages&) = delete;

  /// The memory has to stay until the message is finished. Where finishing throws (ranks are missing) MPI may still use
  /// it, and it has to stay for ever: so does what keep() was given, and so do engines with all that is theirs
  /// (Engine::leave). Of any size: both sides give the same, and what is longer than 1 GiB goes in parts, since MPI
  /// counts in int. Nothing is sent of an empty message.
  void receive(int from, int tag, std::span<std::byte> into);
  void send(int to, int tag, std::span<const std::byte> bytes);
  /// Memory of messages that would go with the caller.
  void keep(std::shared_ptr<void> memory);
  /// Lets messages go on without waiting for them.
  void progress();
  /// Waits for what was announced by receive(): it is there.
  void finish_receiving();
  /// Waits for what was sent until now: its memory can be used again.
  void finish_sending();
  /// Waits for both.
  void finish() {
    finish_receiving();
    finish_sending();
  }

 private:
  void wait_for(std::vector<MPI_Request>& requests);

  const Communicator& comm_;
  std::vector<std::shared_ptr<void>> kept_;
  std::vector<MPI_Request> receives_;
  std::vector<MPI_Request> sends_;
};

}  // namespace tessera::comm
