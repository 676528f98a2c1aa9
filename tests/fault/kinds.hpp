#pragma once

#include <cstdint>
#include <vector>

#include <tessera/tessera.hpp>

#include "../crash/net.hpp"
#include "../crash/refined.hpp"

namespace tessera::fault {

/// A run's members of every other kind: a refinement, a mesh with a version for each step, a table, and a field and a
/// scalar on a time axis of their own, the field with two steps in a chunk. check_faults.py knows every value.
class Kinds {
 public:
  Kinds(Run& run, const Grid& grid)
      : refined_(run), id_(run.field<std::int64_t>("drop", run.table("drops", {.chunk_rows = 4}))),
        rare_(
            run.field<double>("c", grid,
                              {.chunk = {2, grid.shape[0], grid.shape[1], grid.shape[2]}, .time_axis = "rare_time"})) {
    run.scalar("norm", {.time_axis = "rare_time"});
  }

  /// Before the step is begun. Collective.
  void prepare(Run& run, int n) {
    int rank = 0, size = 1;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    refined_.regrid(run, n, rank, size);
    net_.become_that_of(4 * n, run, rank, size);
    drops_.clear();
    const std::int64_t rows = 5 * n % 13;
    for (std::int64_t row = rows * rank / size; row < rows * (rank + 1) / size; ++row) drops_.push_back(1000 * n + row);
  }

  void put(Step& step, int n, const Box& box, const std::vector<double>& values) {
    refined_.put(step, n);
    net_.put(step, n);
    step.put(id_, drops_);
    if (n == 1) return;
    step.put(rare_, box, tessera::copied(values));
    step.scalar("norm", 0.5 * n);
  }

 private:
  crash::Refined refined_;
  crash::Net net_;
  Field<std::int64_t> id_;
  Field<double> rare_;
  std::vector<std::int64_t> drops_;
};

}  // namespace tessera::fault
