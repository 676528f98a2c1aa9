#include <array>
#include <memory>

#include "comm/agree.hpp"
#include "comm/check.hpp"
#include "comm/keep.hpp"
#include "comm/meeting.hpp"

/// \file
/// Meetings of destructors, which stop waiting whatever the limit.

namespace tessera::comm {

namespace {

/// What the requests of a destructor read and write; kept when the others do not come in time.
struct Farewell {
  Words words;
  Reports reports;
};

}  // namespace

std::optional<std::vector<int>> abandon(const Communicator& comm, double seconds) noexcept {
  std::shared_ptr<Farewell> farewell;
  try {
    farewell = std::make_shared<Farewell>();
    comm.watch().enter("the destructor of the writer, without close()");
    farewell->words = words_of(left, 0, 0, 0, 0);
    farewell->reports = reports_of(comm, {left, 0, 0, 0});
    // Both at once: ranks that come after the deadline go through both as well, and would wait for the second.
    std::array<MPI_Request, 2> requests{MPI_REQUEST_NULL, MPI_REQUEST_NULL};
    begin_reduction(comm, farewell->words, &requests[0]);
    begin_reports(comm, farewell->reports, &requests[1]);
    if (comm.watch().wait_for(requests, seconds)) return ranks_in_state(farewell->reports.all, left);
  } catch (...) {
  }
  keep_forever(farewell);
  return std::nullopt;
}

bool all_come(const Communicator& comm, double seconds) noexcept {
  try {
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Ibarrier(comm.get(), &request), "MPI_Ibarrier");
    return comm.watch().wait_for({&request, 1}, seconds);
  } catch (...) {
    return false;
  }
}

}  // namespace tessera::comm
