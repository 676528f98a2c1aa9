#include "comm/communicator.hpp"

#include <unistd.h>

#include <string>

#include <tessera/error.hpp>

#include "base/attempt.hpp"
#include "base/text.hpp"
#include "comm/check.hpp"
#include "comm/keep.hpp"

namespace tessera::comm {

namespace {

/// One barrier on the caller's communicator, with the limit.
void arrive(MPI_Comm original, const char* name, double limit) {
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Ibarrier(original, &request), "MPI_Ibarrier");
  if (!(limit > 0)) {
    check(MPI_Wait(&request, MPI_STATUS_IGNORE), "MPI_Wait");
    return;
  }
  for (Backoff backoff; backoff.waited() < limit; backoff.pause()) {
    int done = 0;
    check(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
    if (done != 0) return;
  }
  throw Error(
      ErrorCode::rank_missing,
      "not all ranks of the communicator made the " + std::string(name) + " within " + exact(limit) +
          " s, and none was made. All ranks make it together: look for one that does not get there, or raise the "
          "limit (Options::rank_timeout, TESSERA_RANK_TIMEOUT)");
}

/// Errors of one rank alone: without a communicator there is no way to talk about them.
void check_original(MPI_Comm original, const char* name) {
  if (original == MPI_COMM_NULL) {
    throw Error(ErrorCode::invalid_argument, "the communicator of a " + std::string(name) +
                                                 " is MPI_COMM_NULL; only ranks of a communicator may make one on it");
  }
  int is_inter = 0;
  check(MPI_Comm_test_inter(original, &is_inter), "MPI_Comm_test_inter");
  if (is_inter != 0) {
    throw Error(ErrorCode::invalid_argument, "the communicator of a " + std::string(name) +
                                                 " is an intercommunicator; merge it first (MPI_Intercomm_merge)");
  }
}

}  // namespace

Communicator::Communicator(MPI_Comm original, const char* owner, double limit) : process_(::getpid()) {
  require_mpi("making a ", owner);
  check_original(original, owner);
  check(MPI_Comm_rank(original, &rank_), "MPI_Comm_rank");
  check(MPI_Comm_size(original, &size_), "MPI_Comm_size");
  std::optional<Error> failure;
  attempt(failure, [&] {
    watch_ = std::make_shared<Watch>(rank_, size_, limit);
    memory_ = std::make_shared<AgreementBuffers>(ranks());
  });
  // The split cannot be given up, so all have to be here. A rank that comes when others gave up the first barrier
  // completes it (they have begun it), but not the second.
  arrive(original, owner, limit);
  arrive(original, owner, limit);
  check(MPI_Comm_split(original, 0, rank_, &comm_), "MPI_Comm_split");
  check(MPI_Comm_set_errhandler(comm_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  require_all_made(owner, !failure);
  watch_->set_communicator(comm_);
}

/// What agreements need exists on all ranks; else they cannot agree, and all know it.
void Communicator::require_all_made(const char* owner, bool is_made) {
  const int own = is_made ? 0 : size_ - rank_;  // the lower the rank, the larger
  int largest = 0;
  check(MPI_Allreduce(&own, &largest, 1, MPI_INT, MPI_MAX, comm_), "MPI_Allreduce");
  if (largest == 0) return;
  MPI_Comm_free(&comm_);
  const int rank = size_ - largest;
  std::optional<Error> error;
  attempt(error, [&] {
    const Error& cause = preallocated_error(ErrorCode::out_of_memory);
    throw Error(cause.code(), "making a " + std::string(owner) + ": rank " + std::to_string(rank) + ": " + cause.what(),
                {rank});
  });
  throw *error;
}

Communicator::~Communicator() {
  if (!is_own_process() || (watch_ && watch_->unfinished())) {
    keep_forever(watch_);
    keep_forever(memory_);
  } else if (comm_ != MPI_COMM_NULL && mpi_is_usable()) {
    MPI_Comm_free(&comm_);
  }
}

bool Communicator::is_own_process() const noexcept { return ::getpid() == process_; }

bool Communicator::usable() const noexcept { return is_own_process() && mpi_is_usable(); }

void Communicator::require_usable(const char* what) const {
  require_mpi(what);
  if (is_own_process()) return;
  throw Error(ErrorCode::wrong_order, std::string(what) + " in a process that was forked off from process " +
                                          std::to_string(process_) + ", whose file it is; make all calls there");
}

}  // namespace tessera::comm
