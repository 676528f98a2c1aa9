#include "support/stall.hpp"

#include <signal.h>
#include <unistd.h>

#include <atomic>

namespace tessera_test {

namespace {

Stall* active = nullptr;

std::atomic<std::size_t> begun = 0;  ///< by any thread

}  // namespace

std::size_t collectives_begun() { return begun; }

void before_collective() {
  const std::size_t number = ++begun;
  if (active != nullptr && active->at_ != 0 && number == active->at_) active->here();
}

Stall::Stall(int rank, int nth, How how)
    : rank_(rank), at_(nth == 0 ? 0 : begun + static_cast<std::size_t>(nth)), how_(how), process_(getpid()) {
  PMPI_Comm_rank(MPI_COMM_WORLD, &own_);
  PMPI_Comm_dup(MPI_COMM_WORLD, &gate_);
  PMPI_Bcast(&process_, 1, MPI_INT, rank, gate_);
  if (is_here()) active = this;
}

Stall::~Stall() {
  active = nullptr;
  PMPI_Comm_free(&gate_);
}

void Stall::here() {
  if (!is_here() || has_stalled_) return;
  has_stalled_ = true;
  if (how_ == How::stopped) {
    raise(SIGSTOP);
    return;
  }
  MPI_Request request = MPI_REQUEST_NULL;
  PMPI_Irecv(nullptr, 0, MPI_INT, MPI_ANY_SOURCE, 0, gate_, &request);
  for (int done = 0; done == 0; usleep(1000)) PMPI_Test(&request, &done, MPI_STATUS_IGNORE);
}

void Stall::release() {
  if (own_ != (rank_ == 0 ? 1 : 0)) return;
  if (how_ == How::stopped) kill(process_, SIGCONT);
  else PMPI_Send(nullptr, 0, MPI_INT, rank_, 0, gate_);
}

}  // namespace tessera_test

// They stand before those of MPI, which are found as PMPI_ (MPI 4.0, section 15.2).
using tessera_test::before_collective;

extern "C" {

int MPI_Ibarrier(MPI_Comm comm, MPI_Request* request) {
  before_collective();
  return PMPI_Ibarrier(comm, request);
}

int MPI_Ibcast(void* buffer, int count, MPI_Datatype type, int root, MPI_Comm comm, MPI_Request* request) {
  before_collective();
  return PMPI_Ibcast(buffer, count, type, root, comm, request);
}

int MPI_Iallreduce(const void* send, void* receive, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm,
                   MPI_Request* request) {
  before_collective();
  return PMPI_Iallreduce(send, receive, count, type, op, comm, request);
}

int MPI_Iexscan(const void* send, void* receive, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm,
                MPI_Request* request) {
  before_collective();
  return PMPI_Iexscan(send, receive, count, type, op, comm, request);
}

int MPI_Igather(const void* send, int send_count, MPI_Datatype send_type, void* receive, int receive_count,
                MPI_Datatype receive_type, int root, MPI_Comm comm, MPI_Request* request) {
  before_collective();
  return PMPI_Igather(send, send_count, send_type, receive, receive_count, receive_type, root, comm, request);
}

int MPI_Iscatter(const void* send, int send_count, MPI_Datatype send_type, void* receive, int receive_count,
                 MPI_Datatype receive_type, int root, MPI_Comm comm, MPI_Request* request) {
  before_collective();
  return PMPI_Iscatter(send, send_count, send_type, receive, receive_count, receive_type, root, comm, request);
}

int MPI_Iallgather(const void* send, int send_count, MPI_Datatype send_type, void* receive, int receive_count,
                   MPI_Datatype receive_type, MPI_Comm comm, MPI_Request* request) {
  before_collective();
  return PMPI_Iallgather(send, send_count, send_type, receive, receive_count, receive_type, comm, request);
}

int MPI_Iallgatherv(const void* send, int send_count, MPI_Datatype send_type, void* receive, const int counts[],
                    const int begins[], MPI_Datatype receive_type, MPI_Comm comm, MPI_Request* request) {
  before_collective();
  return PMPI_Iallgatherv(send, send_count, send_type, receive, counts, begins, receive_type, comm, request);
}

int MPI_Ialltoall(const void* send, int send_count, MPI_Datatype send_type, void* receive, int receive_count,
                  MPI_Datatype receive_type, MPI_Comm comm, MPI_Request* request) {
  before_collective();
  return PMPI_Ialltoall(send, send_count, send_type, receive, receive_count, receive_type, comm, request);
}

}  // extern "C"
