/// \file
/// Shows plain memory without Kokkos: a Fortran-ordered array with a padded leading dimension, given by its strides.
///
///     cmake --build build --target raw_pointer
///     $ mpiexec -n 4 ./raw_pointer
///     wrote raw_pointer.h5
///     $ python3 -c "import h5py; print(h5py.File('raw_pointer.h5')['run/pressure'][0, 3])"
///     [[300. 301. 302. 303.]
///      [310. 311. 312. 313.]
///      [320. 321. 322. 323.]]
#include <mpi.h>

#include <cstdint>
#include <cstdio>
#include <vector>

#include <tessera/writer.hpp>

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  {
    int rank = 0;
    int size = 1;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);

    // A Fortran array p(nz, ny, nx) declared with p(ld, ny, nx), ld > nz: the first index is the fastest in memory. The
    // field's axes are (z, y, x); its point (k, j, i) lies at k + ld j + ld ny i. Padding is -1.
    constexpr std::int64_t nz = 2, ny = 3, nx = 4, ld = 5;
    std::vector<double> p(ld * ny * nx, -1.0);
    for (std::int64_t i = 0; i < nx; ++i) {
      for (std::int64_t j = 0; j < ny; ++j) {
        for (std::int64_t k = 0; k < nz; ++k) {
          p[static_cast<std::size_t>(k + ld * (j + ny * i))] = static_cast<double>(100 * (nz * rank + k) + 10 * j + i);
        }
      }
    }

    const char* path = argc > 1 ? argv[1] : "raw_pointer.h5";
    tessera::Writer out(MPI_COMM_WORLD, path, {.overwrite = true});
    tessera::Run run = out.run("run");
    const auto pressure = run.field<double>("pressure", tessera::Grid{{nz * size, ny, nx}}, {.unit = "Pa"});
    tessera::Step step = run.step(0.0);
    step.put(pressure, tessera::Box::at({nz * rank, 0, 0}, {nz, ny, nx}),
             tessera::array(p.data(), {nz, ny, nx}, {1, ld, ld * ny}));
    step.commit();
    out.close();
    if (rank == 0) std::printf("wrote %s\n", path);
  }
  MPI_Finalize();
}
