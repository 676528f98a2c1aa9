#pragma once

#include <mpi.h>

#include <array>
#include <memory>
#include <utility>

#include "comm/communicator.hpp"
#include "comm/keep.hpp"

namespace tessera::comm {

/// Begins non-blocking operations, all at once, and waits for them. Allocates nothing. What they read and write is the
/// communicator's own memory, or stays where this throws.
///
///     run(comm, [&](MPI_Request* request) { check(MPI_Ibcast(&comm.memory().number, ..., request), "MPI_Ibcast"); });
///
/// All collectives of the library are non-blocking, also where they wait at once, so that every wait can end, and
/// because MPI does not match MPI_Iallreduce on one rank with MPI_Allreduce on another (MPI 4.0, section 6.12).
/// \throws what Watch::wait throws
template <class... Begin>
void run(const Communicator& comm, Begin&&... begin) {
  comm.watch().require_present();
  std::array<MPI_Request, sizeof...(Begin)> requests;
  requests.fill(MPI_REQUEST_NULL);
  std::size_t next = 0;
  (begin(&requests[next++]), ...);
  comm.watch().wait(requests);
}

/// The same with memory that stays for ever where it throws, since MPI may still use it. It was made before all ranks
/// agreed that they have theirs.
template <class Memory, class Begin>
void run_on(const Communicator& comm, const std::shared_ptr<Memory>& memory, Begin&& begin) {
  try {
    run(comm, [&](MPI_Request* request) { begin(*memory, request); });
  } catch (...) {
    keep_forever(memory);
    throw;
  }
}

}  // namespace tessera::comm
