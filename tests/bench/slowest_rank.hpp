#pragma once

#include <mpi.h>

namespace bench {

/// Seconds that `work` takes the slowest rank. Collective.
template <class Work>
double slowest_rank(Work&& work) {
  MPI_Barrier(MPI_COMM_WORLD);
  const double begin = MPI_Wtime();
  work();
  double seconds = MPI_Wtime() - begin;
  MPI_Allreduce(MPI_IN_PLACE, &seconds, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  return seconds;
}

}  // namespace bench
