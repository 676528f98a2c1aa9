#include "comm/meeting.hpp"

#include "comm/check.hpp"

namespace tessera::comm {

namespace {

template <class Struct>
constexpr int words_in = static_cast<int>(sizeof(Struct) / sizeof(std::uint64_t));

}  // namespace

Words words_of(State state, std::uint64_t digest, std::uint64_t values, std::uint64_t offers, std::uint64_t from_root) {
  return {state, digest, ~digest, values, ~values, ~offers, from_root};
}

void begin_reduction(const Communicator& comm, Words& words, MPI_Request* request) {
  check(MPI_Iallreduce(MPI_IN_PLACE, &words, words_in<Words>, MPI_UINT64_T, MPI_BOR, comm.get(), request),
        "MPI_Iallreduce");
}

Reports reports_of(const Communicator& comm, const Report& own) { return {own, std::vector<Report>(comm.ranks())}; }

void begin_reports(const Communicator& comm, Reports& reports, MPI_Request* request) {
  check(MPI_Iallgather(&reports.own, words_in<Report>, MPI_UINT64_T, reports.all.data(), words_in<Report>, MPI_UINT64_T,
                       comm.get(), request),
        "MPI_Iallgather");
}

std::vector<int> ranks_in_state(const std::vector<Report>& reports, State state) {
  std::vector<int> ranks;
  for (std::size_t rank = 0; rank < reports.size(); ++rank) {
    if (reports[rank].state == state) ranks.push_back(static_cast<int>(rank));
  }
  return ranks;
}

}  // namespace tessera::comm
