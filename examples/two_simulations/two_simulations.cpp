/// \file
/// Shows what one would do in h5py for two finished simulations, done by all ranks: a dataset at the root of one file,
/// and in another file a group per simulation, with its results and its parameters as attributes.
///
///     cmake --build build --target two_simulations
///     $ mpiexec -n 4 ./two_simulations
///     wrote simulation_results.h5 and simulations.h5
///     $ python3 read.py
///     simulation_results: (100, 100, 100) float64
///     simulation_1 {'resolution': 100, 'time_step': 0.01} (100, 100, 100)
///     simulation_2 {'resolution': 200, 'time_step': 0.005} (200, 200, 200)
///
/// The first argument, if any, is the directory to write into.
#include <mpi.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <tessera/tessera.hpp>

namespace {

/// This rank's slab of n^3 results, z from n rank / size on; the value of a point is (n z + y) n + x.
struct Slab {
  Slab(int n, int rank, int size) : box{{n * rank / size, 0, 0}, {n * (rank + 1) / size, n, n}} {
    for (std::int64_t at = box.lower[0] * n * n; at < box.upper[0] * n * n; ++at) {
      values.push_back(static_cast<double>(at));
    }
  }
  tessera::Box box;
  std::vector<double> values;
};

/// Writes n^3 results as the static field `name`. Collective.
void write(tessera::Run run, const std::string& name, int n, int rank, int size) {
  const Slab slab(n, rank, size);
  auto results = run.field<double>(name, tessera::Grid{{n, n, n}}, {.time_dependent = false});
  auto statics = run.statics();
  statics.put(results, slab.box, slab.values.data());
  statics.commit();
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  {
    int rank = 0;
    int size = 1;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    const std::string directory = argc > 1 ? std::string(argv[1]) + "/" : "";

    tessera::Writer one(MPI_COMM_WORLD, directory + "simulation_results.h5", {.overwrite = true});
    write(one.root(), "simulation_results", 100, rank, size);
    one.close();

    tessera::Writer both(MPI_COMM_WORLD, directory + "simulations.h5", {.overwrite = true});
    write(both.run("simulation_1", {{"resolution", 100}, {"time_step", 0.01}}), "results", 100, rank, size);
    write(both.run("simulation_2", {{"resolution", 200}, {"time_step", 0.005}}), "results", 200, rank, size);
    both.close();
    if (rank == 0) std::printf("wrote simulation_results.h5 and simulations.h5\n");
  }
  MPI_Finalize();
}
