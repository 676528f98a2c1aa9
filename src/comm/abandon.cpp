#include "comm/abandon.hpp"

#include <array>

#include "comm/agreement.hpp"
#include "comm/check.hpp"

namespace tessera::comm {

std::optional<std::vector<int>> abandon(const Communicator& comm, double seconds) noexcept {
  if (!comm.usable() || comm.watch().verdict()) return std::nullopt;
  try {
    comm.watch().enter("the destructor of the writer, without close()");
    AgreementBuffers& memory = comm.memory();
    memory.words = words_of(left, 0, 0, 0, 0);
    memory.own_report = {left, 0, 0, 0};
    // Both at once: ranks that come after the deadline go through both as well, and would wait for the second.
    std::array<MPI_Request, 2> requests{MPI_REQUEST_NULL, MPI_REQUEST_NULL};
    begin_reduction(comm, &requests[0]);
    begin_reports(comm, &requests[1]);
    if (comm.watch().wait_for(requests, seconds)) return ranks_in_state(memory.reports, left);
  } catch (...) {
  }
  return std::nullopt;
}

bool all_arrive(const Communicator& comm, double seconds) noexcept {
  try {
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Ibarrier(comm.get(), &request), "MPI_Ibarrier");
    return comm.watch().wait_for({&request, 1}, seconds);
  } catch (...) {
    return false;
  }
}

}  // namespace tessera::comm
