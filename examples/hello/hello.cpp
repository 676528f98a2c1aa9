/// \file
/// Shows the smallest program: every rank writes its part of one field, one step, from a Kokkos view.
///
///     cmake --build build --target hello
///     $ mpiexec -n 4 ./hello
///     wrote hello.h5
///     $ python3 -c "import h5py; print(h5py.File('hello.h5')['hello/temperature'][0, :, 1])"
///     [[ 10.  11.  12.  13.]
///      [110. 111. 112. 113.]
///      [210. 211. 212. 213.]
///      [310. 311. 312. 313.]]
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

    // The field has size x 2 x 4 points (z, y, x); this rank owns the plane z = rank.
    const Kokkos::View<double***> plane("temperature", 1, 2, 4);
    Kokkos::parallel_for(
        "fill", Kokkos::MDRangePolicy<Kokkos::Rank<3>>({0, 0, 0}, {1, 2, 4}),
        KOKKOS_LAMBDA(int k, int j, int i) { plane(k, j, i) = 100 * (rank + k) + 10 * j + i; });
    Kokkos::fence();

    const char* path = argc > 1 ? argv[1] : "hello.h5";
    tessera::Writer out(MPI_COMM_WORLD, path, {.overwrite = true});
    auto run = out.run("hello", {{"ranks", size}});
    auto temperature = run.field<double>("temperature", tessera::Grid{{size, 2, 4}}, {.unit = "K"});
    auto step = run.step(0.0);
    step.put(temperature, tessera::Box::at({rank, 0, 0}, {1, 2, 4}), plane);  // local
    step.commit();                                                            // collective: now it is in the file
    out.close();
    if (rank == 0) std::printf("wrote %s\n", path);
  }
  MPI_Finalize();
}
