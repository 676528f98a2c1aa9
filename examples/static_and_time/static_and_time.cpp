/// \file
/// Shows three kinds of data in one run: a field that never changes, a field per step, and numbers per step.
///
///     cmake --build build --target static_and_time
///     $ mpiexec -n 2 ./static_and_time
///     3 steps, mean height 1.75 at the end
///     $ h5ls static_and_time.h5/wave
///     depth                    Dataset {8}
///     height                   Dataset {3/Inf, 8}
///     mean_height              Dataset {3/Inf}
///     time                     Dataset {3/Inf}
///     x                        Dataset {8}
///     $ h5ls -d static_and_time.h5/wave/mean_height
///     mean_height              Dataset {3/Inf}
///         Data:
///              0, 0.875, 1.75
#include <mpi.h>

#include <Kokkos_Core.hpp>

#include <cstdio>

#include <tessera/tessera.hpp>

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  {
    const Kokkos::ScopeGuard kokkos(argc, argv);
    int rank = 0;
    int size = 1;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    const tessera::Box box = tessera::Box::at({4 * rank}, {4});
    const Kokkos::View<double*> depth("depth", 4);
    const Kokkos::View<double*> height("height", 4);
    Kokkos::parallel_for(
        "depth", 4, KOKKOS_LAMBDA(int i) { depth(i) = 10.0 + 4 * rank + i; });

    tessera::Writer out(MPI_COMM_WORLD, argc > 1 ? argv[1] : "static_and_time.h5", {.overwrite = true});
    auto run = out.run("wave", {{"gravity", 9.81}}, {.time_unit = "s"});
    const tessera::Grid grid{{4 * size}, {.spacing = {0.5}, .unit = "m"}};
    auto bottom = run.field<double>("depth", grid, {.unit = "m", .time_dependent = false});
    auto surface = run.field<double>("height", grid, {.unit = "m"});
    run.scalar("mean_height", {.unit = "m"});

    double mean = 0.0;
    for (int n = 0; n < 3; ++n) {
      double sum = 0.0;
      Kokkos::parallel_reduce(
          "height", 4, KOKKOS_LAMBDA(int i, double& part) { part += height(i) = n * (4 * rank + i) / 4.0; }, sum);
      MPI_Allreduce(&sum, &mean, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
      mean /= 4 * size;

      auto step = run.step(0.1 * n);
      if (n == 0) step.put(bottom, box, depth);  // once per run; Run::statics() does it without a step
      step.put(surface, box, height);
      step.scalar("mean_height", mean);  // the same on every rank
      step.commit();
    }
    out.close();
    if (rank == 0) std::printf("3 steps, mean height %.2f at the end\n", mean);
  }
  MPI_Finalize();
}
