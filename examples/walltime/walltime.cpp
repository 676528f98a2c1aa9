/// \file
/// Shows how a run ends in time: a signal, or the time limit of its job, lets it commit a last step.
///
///     cmake --build build --target walltime
///     $ timeout --preserve-status --signal=USR1 6 mpiexec -n 3 ./walltime
///     told to stop; the last step is in the file
///     $ python3 -c "import h5py; print(h5py.File('walltime.h5')['run'].attrs['stopped_by'][:7])"
///     SIGUSR1
///
/// What the batch systems send, and when: jobscripts/README.md. To try a time limit by hand, 5 s from now:
///
///     TESSERA_DEADLINE=$(($(date +%s) + 5)) mpiexec -n 3 ./walltime
#include <mpi.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>
#include <vector>

#include <tessera/tessera.hpp>

int main(int argc, char** argv) {
  using namespace std::chrono_literals;
  MPI_Init(&argc, &argv);
  {
    int rank = 0;
    int size = 1;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    // Before anything that takes long: from here on these signals do not kill.
    tessera::Finish finish(MPI_COMM_WORLD, {.signals = {SIGTERM, SIGUSR1}, .margin = 1s});
    if (rank == 0) std::fprintf(stderr, "%s\n", finish.explain().c_str());

    tessera::Writer out(MPI_COMM_WORLD, argc > 1 ? argv[1] : "walltime.h5", {.overwrite = true});
    auto run = out.run("run");
    auto field = run.field<double>("field", tessera::Grid{{size, 1000}});
    std::vector<double> values(1000);

    int n = 0;
    for (bool last = false; !last; ++n) {
      std::this_thread::sleep_for(50ms);  // the simulation
      values.assign(1000, n);
      last = finish.should_finish();  // collective, the same answer on every rank
      if (n % 10 != 0 && !last) continue;
      auto step = run.step(0.01 * n);
      step.put(field, tessera::Box::at({rank, 0}, {1, 1000}), values.data());
      step.commit();
    }
    run.attribute("stopped_by", finish.reason());
    out.close();
    if (rank == 0) {
      std::fprintf(stderr, "%s after %d steps\n", finish.reason().c_str(), n);
      std::printf("told to stop; the last step is in the file\n");
    }
  }
  MPI_Finalize();
}
