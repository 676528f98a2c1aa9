/// Writes one step from a Kokkos view with ghost layers.

#include <mpi.h>

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
    const Kokkos::View<float***, Kokkos::LayoutLeft, Kokkos::HostSpace> view("pressure", 5, 6, 7);
    Kokkos::deep_copy(view, 1.5F);
    tessera::Writer out(MPI_COMM_WORLD, "view.h5", {.overwrite = true});
    auto run = out.run("simulation_1");
    auto field = run.field<float>("pressure", tessera::Grid{{3 * size, 4, 5}}, {.unit = "Pa"});
    auto step = run.step(0);
    step.put(field, tessera::Box::at({3 * rank, 0, 0}, {3, 4, 5}), tessera::with_halo(view, 1));
    step.commit();
    out.close();
    if (rank == 0) std::printf("view.h5 written\n");
  }
  MPI_Finalize();
}
