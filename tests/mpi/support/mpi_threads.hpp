#pragma once

#include <gtest/gtest.h>
#include <mpi.h>

namespace tessera_test {

/// Whether MPI was initialised for them, as with TESSERA_TEST_MPI_THREADS.
inline bool has_threads() {
  int level = MPI_THREAD_SINGLE;
  MPI_Query_thread(&level);
  return level == MPI_THREAD_MULTIPLE;
}

#define NEEDS_THREADS() \
  if (!has_threads()) GTEST_SKIP() << "needs MPI_THREAD_MULTIPLE"

}  // namespace tessera_test
