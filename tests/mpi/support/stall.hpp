#pragma once

#include <mpi.h>

#include <cstddef>

/// \file
/// Ranks that stall in the middle of a call, and how many collective operations a call begins. Works through MPI's
/// profiling interface: this library's MPI_Iallreduce and so on stand before MPI's own, also for calls that Tessera
/// makes; Tessera itself knows nothing of it.

namespace tessera_test {

/// How many non-blocking collective operations this rank has begun since the program began. All of Tessera's are of
/// that kind; HDF5's are not.
std::size_t collectives_begun();

/// One rank that does not go on, until another one lets it.
///
///     Stall stall(2, 3);                                     // on every rank: rank 2 stalls before its third
///     collective const auto thrown = thrown_by([&] { step.commit(); });  // the others give up stall.release(); // on
///     every rank; the stalled one goes on
///
/// Ranks are those of MPI_COMM_WORLD.
class Stall {
 public:
  enum class How {
    waits,    ///< in a call of the test's own: MPI delivers messages meanwhile
    stopped,  ///< by SIGSTOP: the whole process
  };

  /// \param nth the first collective operation from here on is 1; 0: none, see here()
  Stall(int rank, int nth, How how = How::waits);
  ~Stall();
  Stall(const Stall&) = delete;
  Stall& operator=(const Stall&) = delete;

  /// Stalls now, where this is the rank.
  void here();
  /// Lets the rank go on, where this is the lowest of the others. Local; once.
  void release();
  bool is_here() const noexcept { return rank_ == own_; }
  /// On the rank that is to stall: whether it did.
  bool has_stalled() const noexcept { return has_stalled_; }

 private:
  friend void before_collective();
  int rank_;
  int own_ = 0;
  std::size_t at_;  ///< number of collectives begun before which it stalls
  How how_;
  MPI_Comm gate_ = MPI_COMM_NULL;
  int process_ = 0;  ///< of the rank that stalls
  bool has_stalled_ = false;
};

}  // namespace tessera_test
