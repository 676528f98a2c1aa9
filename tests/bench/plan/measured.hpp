#pragma once

#include "plan/cubes.hpp"

namespace bench {

/// Times are seconds of one rank (the slowest, the mean), memory is of the rank that has most.
struct Measured {
  double survey = 0;      ///< what the choice of the chunk shape needs
  double directory = 0;   ///< who owns which chunk
  double messages = 0;    ///< who sends what when
  double recognized = 0;  ///< a known plan found again
  double gather = 0;      ///< for comparison: every rank gets every box and looks for overlaps; 0: left out
  double sent_bytes = 0;  ///< to other ranks, without the numbers that each rank tells all
  double plan_bytes = 0;
  double peak_bytes = 0;    ///< that a rank needs at a time to make the plan, the plan included
  double gather_bytes = 0;  ///< the same for `gather`
  double shared = 0;        ///< part of the chunks that several ranks have cells of
  double max_chunks = 0;    ///< of a rank, in means
};

/// All ranks in this process, one after the other: the work of each, not the network's.
Measured with_imaginary_ranks(const Cubes& cubes);

/// The ranks of MPI_COMM_WORLD; medians of the slowest rank's times. Collective.
Measured with_real_ranks(const Cubes& cubes, int repetitions);

}  // namespace bench
