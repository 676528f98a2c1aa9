#pragma once

#include <mpi.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>

#include "comm/agreement_buffers.hpp"
#include "comm/watch.hpp"

namespace tessera::comm {

/// A communicator of our own, so that no message of the application is ever taken for ours, and the watch over its
/// waits. Neither copied nor moved; freed at the end.
class Communicator {
 public:
  /// Collective over `original`. The copy has the same ranks in the same order and no topology: OMPIO of Open MPI 5.0.3
  /// wrote wrong data on a Cartesian communicator (open-mpi/ompi issue 12718), and MPI_Comm_dup would keep it.
  /// \param owner for messages
  /// \param limit see Watch
  /// \throws Error rank_missing, without the ranks' numbers: there is no communicator yet to ask them; out_of_memory on
  ///         all ranks where one has none for it
  explicit Communicator(MPI_Comm original, const char* owner = "tessera::Writer", double limit = 0);
  /// Where something that was begun will not end, the communicator and its watch stay, on purpose: MPI may still use
  /// them. In a process that was forked off, and where MPI is over, nothing happens.
  ~Communicator();
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;

  MPI_Comm get() const noexcept { return comm_; }
  int rank() const noexcept { return rank_; }
  int size() const noexcept { return size_; }
  std::size_t ranks() const noexcept { return static_cast<std::size_t>(size_); }  ///< size(), for containers
  Watch& watch() const noexcept { return *watch_; }
  /// For operations that begin and end within one function of this layer.
  AgreementBuffers& memory() const noexcept { return *memory_; }

  /// False in a process that was forked off from the one that made it: that one's files and messages are none of its.
  bool is_own_process() const noexcept;
  /// Whether MPI may be called: in the process that made it, between MPI_Init and MPI_Finalize, on a thread that may.
  bool usable() const noexcept;
  /// \throws Error wrong_order, not_initialized or wrong_thread where it may not; `what` names the call
  void require_usable(const char* what) const;

 private:
  void require_all_made(const char* owner, bool is_made);

  pid_t process_;
  MPI_Comm comm_ = MPI_COMM_NULL;
  int rank_ = 0;
  int size_ = 1;
  std::shared_ptr<Watch> watch_;
  std::shared_ptr<AgreementBuffers> memory_;
};

}  // namespace tessera::comm
