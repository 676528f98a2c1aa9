#include "comm/communicator.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <string>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "comm/check.hpp"
#include "comm/keep.hpp"
#include "comm/run.hpp"

namespace tessera::comm {

namespace {

/// One barrier on the caller's communicator, with the limit.
void arrive(MPI_Comm original, const std::string& name, double limit) {
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Ibarrier(original, &request), "MPI_Ibarrier");
  if (!(limit > 0)) {
    check(MPI_Wait(&request, MPI_STATUS_IGNORE), "MPI_Wait");
    return;
  }
  for (Pause pause; pause.waited() < limit; pause.rest()) {
    int done = 0;
    check(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
    if (done != 0) return;
  }
  throw Error(ErrorCode::rank_missing,
              "not all ranks of the communicator made the " + name + " within " + exact(limit) +
                  " s, and none was made. All ranks make it together: look for one that does not come there, or raise the "
                  "limit (Options::rank_timeout, TESSERA_RANK_TIMEOUT)");
}

}  // namespace

Communicator::Communicator(MPI_Comm original, const char* owner, double limit) {
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
  // The split cannot be given up, so all have to be here. A rank that comes when others gave up the first barrier
  // completes it (they have begun it), but not the second.
  arrive(original, name, limit);
  arrive(original, name, limit);
  check(MPI_Comm_split(original, 0, rank_, &comm_), "MPI_Comm_split");
  check(MPI_Comm_set_errhandler(comm_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  watch_ = std::make_shared<Watch>(comm_, rank_, size_, limit);
}

Communicator::~Communicator() {
  if (watch_ && watch_->unfinished()) {
    keep_forever(watch_);
  } else if (comm_ != MPI_COMM_NULL && mpi_is_usable()) {
    MPI_Comm_free(&comm_);
  }
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
  struct Memory {
    std::vector<std::int64_t> own;
    std::int64_t size = 0;
    std::vector<std::int64_t> sizes;
    std::vector<int> counts;
    std::vector<int> begins;
    std::vector<std::int64_t> all;
  };
  Memory memory;
  memory.own = own;
  memory.size = static_cast<std::int64_t>(own.size());
  memory.sizes.resize(comm.ranks());
  memory = run(comm, std::move(memory), [&](Memory& m, MPI_Request* request) {
    check(MPI_Iallgather(&m.size, 1, MPI_INT64_T, m.sizes.data(), 1, MPI_INT64_T, comm.get(), request), "MPI_Iallgather");
  });
  memory.begins = displacements(memory.sizes);
  memory.counts.assign(memory.sizes.begin(), memory.sizes.end());
  Gathered result;
  result.begin.assign(memory.begins.begin(), memory.begins.end());
  result.begin.push_back(result.begin.back() + static_cast<std::size_t>(memory.counts.back()));
  memory.all.resize(result.begin.back());
  memory = run(comm, std::move(memory), [&](Memory& m, MPI_Request* request) {
    check(MPI_Iallgatherv(m.own.data(), static_cast<int>(m.size), MPI_INT64_T, m.all.data(), m.counts.data(),
                          m.begins.data(), MPI_INT64_T, comm.get(), request),
          "MPI_Iallgatherv");
  });
  result.values = std::move(memory.all);
  return result;
}

}  // namespace tessera::comm
