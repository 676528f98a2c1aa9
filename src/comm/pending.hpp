#pragma once

#include <mpi.h>

#include <span>
#include <vector>

#include "comm/communicator.hpp"

namespace tessera::comm {

/// One message under way, which its owner asks about between other work. Its memory has to stay until it is done, also
/// when this goes before: see Messages.
class Pending {
 public:
  /// Of any size; both sides give the same, and not 0.
  static Pending receive(const Communicator& comm, int from, int tag, std::span<std::byte> into);
  static Pending send(const Communicator& comm, int to, int tag, std::span<const std::byte> bytes);

  /// Lets it go on. Does not wait.
  bool is_done();

 private:
  std::vector<MPI_Request> parts_;
};

}  // namespace tessera::comm
