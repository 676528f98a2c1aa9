#include "comm/communicator.hpp"

#include <tessera/error.hpp>

#include "base/narrow.hpp"
#include "comm/check.hpp"

namespace tessera::comm {

Communicator::Communicator(MPI_Comm original) {
  require_mpi("a tessera::Writer was made");
  if (original == MPI_COMM_NULL) {
    throw Error(ErrorCode::invalid_argument,
                "the writer's communicator is MPI_COMM_NULL; only ranks of a communicator may make a writer on it");
  }
  int is_inter = 0;
  check(MPI_Comm_test_inter(original, &is_inter), "MPI_Comm_test_inter");
  if (is_inter != 0) {
    throw Error(ErrorCode::invalid_argument,
                "the writer's communicator is an intercommunicator; merge it first (MPI_Intercomm_merge)");
  }
  check(MPI_Comm_rank(original, &rank_), "MPI_Comm_rank");
  check(MPI_Comm_size(original, &size_), "MPI_Comm_size");
  check(MPI_Comm_split(original, 0, rank_, &comm_), "MPI_Comm_split");
  check(MPI_Comm_set_errhandler(comm_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
}

Communicator::~Communicator() {
  if (comm_ != MPI_COMM_NULL && mpi_is_usable()) MPI_Comm_free(&comm_);
}

Gathered all_gather(const Communicator& comm, const std::vector<std::int64_t>& own) {
  const auto ranks = static_cast<std::size_t>(comm.size());
  const int count = narrow<int>(own.size(), "the number of box bounds of one rank");
  std::vector<int> counts(ranks);
  check(MPI_Allgather(&count, 1, MPI_INT, counts.data(), 1, MPI_INT, comm.get()), "MPI_Allgather");
  Gathered result;
  result.begin.assign(ranks + 1, 0);
  std::vector<int> displacements(ranks);
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    displacements[rank] = narrow<int>(result.begin[rank], "the number of box bounds of all ranks");
    result.begin[rank + 1] = result.begin[rank] + static_cast<std::size_t>(counts[rank]);
  }
  result.values.resize(result.begin[ranks]);
  check(MPI_Allgatherv(own.data(), count, MPI_INT64_T, result.values.data(), counts.data(), displacements.data(),
                       MPI_INT64_T, comm.get()),
        "MPI_Allgatherv");
  return result;
}

}  // namespace tessera::comm
