/// \file
/// Prints what a field is at one point, step by step, while a job writes the file. Here rank 0 plays the job and the
/// last rank the probe, which would be a program of its own: with four arguments it is one.
///
///     cmake --build build --target probe
///     $ mpiexec -n 2 ./probe
///     time 0: 1
///     time 1: 1.5
///     time 2: 2
///     time 3: 2.5
///
///     ./probe study.h5 simulation_1 temperature 60      follows a file until nothing new has come for 60 seconds
#include <mpi.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <tessera/tessera.hpp>

namespace {

const tessera::Index shape{8, 8, 8};

/// The job: a step every fifth of a second.
void simulate(const std::string& path) {
  tessera::Writer out(MPI_COMM_SELF, path, {.overwrite = true});
  auto run = out.run("simulation_1");
  const auto temperature = run.field<double>("temperature", tessera::Grid{shape});
  for (int n = 0; n < 4; ++n) {
    const std::vector<double> values(8 * 8 * 8, 1 + 0.5 * n);
    auto step = run.step(n);
    step.put(temperature, tessera::Box{{0, 0, 0}, shape}, values);
    step.commit();
    if (n == 0) MPI_Barrier(MPI_COMM_WORLD);  // the probe can begin: there is a file
    usleep(200000);
  }
  out.close();
}

/// Follows the middle of a field until no step has come for so many seconds.
void follow(const std::string& path, const std::string& name, const std::string& field, double patience) {
  tessera::Reader in(MPI_COMM_SELF, path);
  const auto run = in.run(name);
  const tessera::Index cells = run.field(field).grid.shape;
  tessera::Box middle;
  for (const auto extent : cells) {
    middle.lower.push_back(extent / 2);
    middle.upper.push_back(extent / 2 + 1);
  }
  double value = 0;
  std::int64_t next = 0;
  do {
    for (; next < run.steps(); ++next) {
      auto step = run.step(next);
      step.get(field, middle, &value);
      step.read();
      std::printf("time %g: %g\n", step.time(), value);
      std::fflush(stdout);
    }
  } while (in.wait(patience));
  in.close();
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int rank = 0;
  int size = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  if (argc == 5) {
    if (rank == 0) follow(argv[1], argv[2], argv[3], std::atof(argv[4]));
  } else if (rank == 0) {
    simulate("probe.h5");
  } else {
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank == size - 1) follow("probe.h5", "simulation_1", "temperature", 2);
  }
  MPI_Finalize();
  return 0;
}
