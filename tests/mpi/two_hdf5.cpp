#include <hdf5.h>
#include <mpi.h>

#include <cstdio>
#include <string>
#include <vector>

#include <tessera/tessera.hpp>

/// \file
/// A program that is linked with a serial HDF5 for files of its own, and with a Tessera that was built with a parallel
/// one. Either Tessera's calls all go to its own HDF5 (a shared libtessera, HDF5 with versioned symbols), and the file
/// is written; or the Writer's constructor says on every rank which two there are.

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int rank = 0;
  int size = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  const hid_t own =
      H5Fcreate(("two_hdf5_own_" + std::to_string(rank) + ".h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  H5Fclose(own);
  std::string outcome = "written";
  try {
    const std::vector<double> values(100, 1.0);
    tessera::Writer out(MPI_COMM_WORLD, "two_hdf5.h5", {.overwrite = true});
    auto run = out.run("run");
    auto field = run.field<double>("T", tessera::Grid{{100 * size}});
    for (int n = 0; n < 4; ++n) {
      auto step = run.step(n);
      step.put(field, tessera::Box::at({100 * rank}, {100}), values);
      step.commit();
    }
    out.close();
  } catch (const tessera::Error& error) {
    outcome = std::string(to_string(error.code())) + ": " + error.what();
  }
  for (int turn = 0; turn < size; ++turn) {
    if (turn == rank) std::printf("rank %d of %d: %s\n", rank, size, outcome.c_str());
    std::fflush(stdout);
    MPI_Barrier(MPI_COMM_WORLD);
  }
  MPI_Finalize();
  return 0;
}
