#pragma once

#include <mpi.h>

#include <functional>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include <tessera/error.hpp>

#include "comm/missing_ranks.hpp"

namespace tessera::comm {

/// Finds out which ranks are there when one of them has waited too long, so that all of these end with the same error.
///
/// The first rank whose limit expires is the coordinator: it polls every rank, collects the answers of those that are
/// waiting in some call too, and sends the verdict to all ranks; late ranks find it when they arrive. Of several
/// coordinators the lowest goes on, the others answer it. So it takes the coordinator three messages per rank, and
/// every other rank one.
///
///     coordinator --poll--> all    waiting ranks --alive--> coordinator    coordinator --verdict--> all
///
/// Messages go over the writer's own communicator, with a tag that nothing else uses. Where a rank dies in the middle
/// of it the others come to verdicts of their own: there is no way to agree for certain with ranks that may not answer.
class FailureDetector {
 public:
  FailureDetector(int rank, int size, double limit);
  void set_communicator(MPI_Comm comm) noexcept { comm_ = comm; }

  using Describe = std::function<RankStatus()>;  ///< this rank's own status, at the moment

  /// Looks for messages; takes part where another rank polls, and waits for its verdict then.
  /// \param extra seconds that a rank may come later than the limit
  std::optional<Error> listen(const Describe& own, double extra);

  /// Polls all ranks, as the coordinator.
  Error poll_ranks(const Describe& own, double extra);

  /// The further seconds that this rank waits, so that not all poll at once.
  double patience() const;

 private:
  enum class Kind : unsigned char { poll, alive, verdict };
  struct Message {
    Kind kind = Kind::poll;
    int from = 0;
    std::vector<std::byte> bytes;
  };
  /// The bytes stay until the message has left, which may be never.
  struct Sent {
    std::vector<std::byte> bytes;
    MPI_Request request = MPI_REQUEST_NULL;
  };

  std::optional<Message> next();
  MPI_Request& send(int to, std::vector<std::byte> bytes);
  void answer(int coordinator, const Describe& own);
  std::optional<Error> await_verdict(const Describe& own);
  void announce(const Error& verdict, const Poll& poll);
  std::vector<std::byte> encode(const RankStatus& status) const;
  std::vector<std::byte> encode(const Error& verdict) const;
  RankStatus decode_status(const std::vector<std::byte>& bytes) const;
  Error decode_verdict(const std::vector<std::byte>& bytes) const;

  MPI_Comm comm_ = MPI_COMM_NULL;
  int rank_;
  int size_;
  double limit_;
  double grace_;  ///< seconds in which ranks that are there have to answer
  std::list<Sent> sent_;
};

}  // namespace tessera::comm
