#include "comm/communicator.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <string>

#include <tessera/error.hpp>

#include "comm/check.hpp"

namespace tessera::comm {

Communicator::Communicator(MPI_Comm original, const char* owner) {
  const std::string name = owner;
  require_mpi(("a " + name + " was made").c_str());
  if (original == MPI_COMM_NULL) {
    throw Error(ErrorCode::invalid_argument, "the communicator of a " + name + " is MPI_COMM_NULL; only ranks of a "
                                             "communicator may make one on it");
  }
  int is_inter = 0;
  check(MPI_Comm_test_inter(original, &is_inter), "MPI_Comm_test_inter");
  if (is_inter != 0) {
    throw Error(ErrorCode::invalid_argument,
                "the communicator of a " + name + " is an intercommunicator; merge it first (MPI_Intercomm_merge)");
  }
  check(MPI_Comm_rank(original, &rank_), "MPI_Comm_rank");
  check(MPI_Comm_size(original, &size_), "MPI_Comm_size");
  check(MPI_Comm_split(original, 0, rank_, &comm_), "MPI_Comm_split");
  check(MPI_Comm_set_errhandler(comm_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
}

Communicator::~Communicator() {
  if (comm_ != MPI_COMM_NULL && mpi_is_usable()) MPI_Comm_free(&comm_);
}

std::vector<int> displacements(const std::vector<std::int64_t>& counts) {
  const std::int64_t total = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
  constexpr std::int64_t limit = std::numeric_limits<int>::max();
  if (total > limit) {
    const auto most = std::ranges::max_element(counts);
    const auto rank = static_cast<int>(most - counts.begin());
    throw Error(ErrorCode::invalid_argument,
                "the boxes of all ranks are described by " + std::to_string(total) + " numbers, and MPI gathers at most " +
                    std::to_string(limit) + "; rank " + std::to_string(rank) + " has most of them, " + std::to_string(*most) +
                    ": put fewer and larger boxes",
                {rank});
  }
  std::vector<int> result(counts.size());
  std::exclusive_scan(counts.begin(), counts.end(), result.begin(), 0);
  return result;
}

Gathered all_gather(const Communicator& comm, const std::vector<std::int64_t>& own) {
  const auto count = static_cast<std::int64_t>(own.size());
  std::vector<std::int64_t> counts(static_cast<std::size_t>(comm.size()));
  check(MPI_Allgather(&count, 1, MPI_INT64_T, counts.data(), 1, MPI_INT64_T, comm.get()), "MPI_Allgather");
  const std::vector<int> begins = displacements(counts);
  const std::vector<int> int_counts(counts.begin(), counts.end());
  Gathered result;
  result.begin.assign(begins.begin(), begins.end());
  result.begin.push_back(result.begin.back() + static_cast<std::size_t>(counts.back()));
  result.values.resize(result.begin.back());
  check(MPI_Allgatherv(own.data(), static_cast<int>(count), MPI_INT64_T, result.values.data(), int_counts.data(),
                       begins.data(), MPI_INT64_T, comm.get()),
        "MPI_Allgatherv");
  return result;
}

}  // namespace tessera::comm
