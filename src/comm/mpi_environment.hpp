#pragma once

#include <mpi.h>

namespace tessera::comm {

/// MPI from here to the end of the scope, for Tessera's own programs. The library itself never starts MPI.
class MpiEnvironment {
 public:
  /// Asks for all threads, to learn what there is.
  MpiEnvironment(int& argc, char**& argv);
  ~MpiEnvironment();
  MpiEnvironment(const MpiEnvironment&) = delete;
  MpiEnvironment& operator=(const MpiEnvironment&) = delete;

  MPI_Comm world() const noexcept { return MPI_COMM_WORLD; }
  /// False where threads besides the one that calls MPI are not allowed.
  bool allows_threads() const noexcept { return provided_ >= MPI_THREAD_FUNNELED; }

 private:
  int provided_ = MPI_THREAD_SINGLE;
};

}  // namespace tessera::comm
