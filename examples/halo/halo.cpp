/// \file
/// Shows ghost layers: a view that is larger than what its rank owns, by different widths on its sides.
///
///     cmake --build build --target halo
///     $ mpiexec -n 4 ./halo
///     rank 0 puts [0:3, 0:2] of a view of (6, 3)
///     $ python3 -c "import h5py; print(h5py.File('halo.h5')['run/density'][0])"
///     [[ 0.  1.  2.  3.  4.  5.  6.  7.]
///      [10. 11. 12. 13. 14. 15. 16. 17.]
///      [20. 21. 22. 23. 24. 25. 26. 27.]]
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

    // Every rank owns 3 x 2 points (y, x), side by side along x. An upwind scheme wants two layers below and one above
    // on y, and one below on x: the view is 6 x 3, and the owned point (j, i) lies at (j + 2, i + 1). Ghosts are -1.
    const tessera::Halo ghosts{.low = {2, 1}, .high = {1, 0}};
    const tessera::Box owned = tessera::Box::at({0, 2 * rank}, {3, 2});
    const Kokkos::View<float**> density("density", 6, 3);
    Kokkos::deep_copy(density, -1.0F);
    Kokkos::parallel_for(
        "fill", Kokkos::MDRangePolicy<Kokkos::Rank<2>>({0, 0}, {3, 2}),
        KOKKOS_LAMBDA(int j, int i) { density(j + 2, i + 1) = static_cast<float>(10 * j + 2 * rank + i); });
    Kokkos::fence();

    tessera::Writer out(MPI_COMM_WORLD, argc > 1 ? argv[1] : "halo.h5", {.overwrite = true});
    auto run = out.run("run");
    auto field = run.field<float>("density", tessera::Grid{{3, 2 * size}}, {.unit = "kg m-3"});
    auto step = run.step(0.0);
    step.put(field, owned, tessera::with_halo(density, ghosts));
    step.commit();
    out.close();
    if (rank == 0) std::printf("rank 0 puts %s of a view of (6, 3)\n", to_string(owned).c_str());
  }
  MPI_Finalize();
}
