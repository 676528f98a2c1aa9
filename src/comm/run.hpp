#pragma once

#include <mpi.h>

#include <array>
#include <memory>
#include <utility>

#include "comm/communicator.hpp"
#include "comm/keep.hpp"

namespace tessera::comm {

/// Begins non-blocking operations, all at once, waits for them, and returns the memory on which they worked.
///
///     return run(comm, value, [&](auto& memory, MPI_Request* request) { check(MPI_Ibcast(&memory, ..., request), "..."); });
///
/// All collectives of the library are non-blocking, also where they wait at once, so that every wait can end, and
/// because MPI does not match MPI_Iallreduce on one rank with MPI_Allreduce on another (MPI 4.0, section 6.12).
/// \throws what Watch::wait throws; the memory then stays, since MPI may still use it
template <class Memory, class... Begin>
Memory run(const Communicator& comm, Memory memory, Begin&&... begin) {
  const auto kept = std::make_shared<Memory>(std::move(memory));
  std::array<MPI_Request, sizeof...(Begin)> requests;
  requests.fill(MPI_REQUEST_NULL);
  try {
    std::size_t next = 0;
    (begin(*kept, &requests[next++]), ...);
    comm.watch().wait(requests);
  } catch (...) {
    keep_forever(kept);
    throw;
  }
  return std::move(*kept);
}

}  // namespace tessera::comm
