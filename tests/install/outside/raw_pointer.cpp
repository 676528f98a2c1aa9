/// Writes one step from a plain array; no Kokkos.

#include <mpi.h>

#include <cstdio>
#include <filesystem>
#include <tessera/tessera.hpp>
#include <vector>

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int rank = 0;
  int size = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  const std::vector<double> values(3 * 4 * 5, rank);
  {
    tessera::Writer out(MPI_COMM_WORLD, "raw_pointer.h5", {.overwrite = true});
    auto run = out.run("simulation_1", {{"ranks", size}});
    auto field = run.field<double>("temperature", tessera::Grid{{3 * size, 4, 5}}, {.unit = "K"});
    auto step = run.step(0);
    step.put(field, tessera::Box::at({3 * rank, 0, 0}, {3, 4, 5}), values.data());
    step.commit();
    out.close();
  }
  const bool fine = std::filesystem::file_size("raw_pointer.h5") > 0;
  if (rank == 0) std::printf("Tessera %s: raw_pointer.h5 %s\n", TESSERA_VERSION_STRING, fine ? "written" : "is empty");
  MPI_Finalize();
  return fine ? 0 : 1;
}
