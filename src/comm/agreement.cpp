#include "comm/agreement.hpp"

#include "comm/check.hpp"

namespace tessera::comm {

namespace {

template <class Struct>
constexpr int words_in = static_cast<int>(sizeof(Struct) / sizeof(std::uint64_t));

}  // namespace

Words words_of(State state, std::uint64_t digest, std::uint64_t values, std::uint64_t flags,
               std::uint64_t from_root) noexcept {
  return {state, digest, ~digest, values, ~values, ~flags, from_root};
}

void begin_reduction(const Communicator& comm, MPI_Request* request) {
  check(MPI_Iallreduce(MPI_IN_PLACE, &comm.memory().words, words_in<Words>, MPI_UINT64_T, MPI_BOR, comm.get(), request),
        "MPI_Iallreduce");
}

void begin_reports(const Communicator& comm, MPI_Request* request) {
  AgreementBuffers& memory = comm.memory();
  check(MPI_Iallgather(&memory.own_report, words_in<Report>, MPI_UINT64_T, memory.reports.data(), words_in<Report>,
                       MPI_UINT64_T, comm.get(), request),
        "MPI_Iallgather");
}

std::vector<int> ranks_in_state(std::span<const Report> reports, State state) {
  std::vector<int> ranks;
  for (std::size_t rank = 0; rank < reports.size(); ++rank) {
    if (reports[rank].state == state) ranks.push_back(static_cast<int>(rank));
  }
  return ranks;
}

}  // namespace tessera::comm
