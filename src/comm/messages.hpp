#pragma once

#include <mpi.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "comm/communicator.hpp"

namespace tessera::comm {

/// Messages of bytes between pairs of ranks that both know of them: begin all, then finish.
/// Messages between two ranks that have the same tag arrive in the order in which they were sent.
class Messages {
 public:
  explicit Messages(const Communicator& comm) : comm_(comm) {}
  /// Waits for what is still under way, unless other ranks are missing, or MPI cannot be called any more.
  ~Messages();
  Messages(const Messages&) = delete;
  Messages& operator=(const Messages&) = delete;

  /// Memory for messages, so that beginning one cannot fail for lack of it. \param bytes of the largest one
  /// \throws std::bad_alloc
  void reserve(std::size_t receives, std::size_t sends, std::size_t bytes);

  /// The memory has to stay until the message is finished. Where finishing throws (ranks are missing) MPI may still use
  /// it, and it has to stay for ever: so does what keep() was given, and so do engines with all that is theirs
  /// (Engine::leave). Of any size: both sides give the same, and what is longer than 1 GiB goes in parts, since MPI
  /// counts in int. Nothing is sent of an empty message.
  void receive(int from, int tag, std::span<std::byte> into);
  void send(int to, int tag, std::span<const std::byte> bytes);
  /// Memory of messages that would go with the caller. Before any is begun.
  void keep(std::shared_ptr<void> memory) noexcept { kept_ = std::move(memory); }
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
  std::shared_ptr<void> kept_;
  std::vector<MPI_Request> receives_;
  std::vector<MPI_Request> sends_;
};

/// Brings the ranks' bytes to rank 0, for callers that know beforehand how many these can be, and rank 0's answer to
/// each of them back.
class BytesGather {
 public:
  /// What each rank says besides, of whatever meaning.
  using Numbers = std::array<std::uint64_t, 2>;
  /// What rank 0 tells a rank.
  using Answer = std::array<std::uint64_t, 3>;

  explicit BytesGather(const Communicator& comm) : comm_(comm), messages_(comm) {}

  /// Memory for messages of `own` bytes of this rank, and on rank 0 for `all` bytes of all ranks. \throws
  /// std::bad_alloc
  void reserve(std::size_t own, std::size_t all);

  /// Takes this rank's bytes, no more than was reserved; rank 0 gets all of them, in rank order, the others nothing. A
  /// rank may have nothing to give since it failed: then nobody gets anything. Collective. Where it throws `own` has to
  /// stay for ever, and so has this.
  std::optional<std::span<const std::byte>> gather(std::optional<std::span<const std::byte>> own,
                                                   const Numbers& numbers = {});

  /// On rank 0: the numbers of the last gather. \param rank below the number of ranks
  const Numbers& numbers_of(std::size_t rank) const { return said_.at(rank).numbers; }

  /// After gather(). \param answer_to(rank) on rank 0: what that rank gets, for one after the other. Collective.
  template <class AnswerTo>
  Answer answer(const AnswerTo& answer_to) {
    if (comm_.rank() == 0) {
      for (std::size_t rank = 0; rank < answers_.size(); ++rank) answers_[rank] = answer_to(rank);
    }
    scatter();
    return own_answer_;
  }

 private:
  struct Said {
    std::uint64_t size = 0;  ///< of the rank's bytes
    Numbers numbers{};
  };
  void scatter();

  const Communicator& comm_;
  Said own_;
  Answer own_answer_{};
  std::vector<Said> said_;  ///< on rank 0, by rank, as is the next
  std::vector<Answer> answers_;
  std::vector<std::byte> all_;
  Messages messages_;
};

/// All ranks' bytes on rank 0, in rank order; nothing on the others. Collective. For tools and tests.
std::vector<std::byte> gather_bytes(const Communicator& comm, std::span<const std::byte> own);

}  // namespace tessera::comm
