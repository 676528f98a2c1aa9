#pragma once

namespace tessera::tools {

/// How a launcher of MPI programs (mpiexec, srun) has started this process, as its environment says: without a call of
/// MPI, which a single process need not have.
struct Launched {
  int ranks = 1;
  int rank = 0;
};
Launched launched() noexcept;

}  // namespace tessera::tools
