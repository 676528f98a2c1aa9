/// \file
/// heat3d: transient heat conduction, two simulations with their parameters in one compressed HDF5 file.
///
///     mpiexec -n 4 ./heat3d                  simulation_1: 100^3 points, simulation_2: 200^3 points, into heat3d.h5
///     mpiexec -n 4 ./heat3d --help
///
/// Where to read on, in this order:
///
///     simulation.cpp       time loop and output: every call of Tessera is here and in this file
///     heat_problem.hpp     equation, material, source
///     decomposition.hpp    which points a rank owns
///     grid.hpp             arrays and loops over points
///     q1_element.hpp       stiffness of the trilinear hexahedron
///     heat_operator.cpp    the matrix, applied without being stored
///     halo_exchange.cpp    messages between neighbours
///     conjugate_gradient.cpp, heat_solver.hpp    linear solver, implicit Euler (its kernels: heat_kernels.hpp)
///     test_convergence.cpp    proof that all this is second order

#include <mpi.h>

#include <Kokkos_Core.hpp>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <tessera/tessera.hpp>

#include "options.hpp"
#include "progress.hpp"
#include "simulation.hpp"

namespace {

/// That there is more to do: sysexits.h calls it a failure for the time being.
constexpr int exit_unfinished = 75;

/// All simulations into one file. Collective. \return the exit code
int run(const heat3d::Options& options, int rank) {
  heat3d::Progress progress(rank);
  const double start = MPI_Wtime();
  tessera::Finish finish(MPI_COMM_WORLD,
                         {.signals = {SIGTERM, SIGUSR1}, .margin = std::chrono::duration<double>(options.margin)});
  tessera::Writer out(MPI_COMM_WORLD, options.output,
                      {.overwrite = options.overwrite,
                       .open = options.restart ? tessera::OpenMode::append_or_create : tessera::OpenMode::create,
                       .attributes = {{"title", "Heat conduction in a steel cube with a brass rod"}},
                       .paraview = options.paraview ? tessera::SideFiles::both : tessera::SideFiles::none,
                       .codec = options.level == 0 ? tessera::Codec::none() : tessera::Codec::deflate(options.level)});
  for (std::size_t n = 0; n < options.simulations.size() && finish.reason().empty(); ++n) {
    const std::string name = "simulation_" + std::to_string(n + 1);
    heat3d::simulate(out, name, options.simulations[n], options, MPI_COMM_WORLD, finish, progress);
  }
  out.close();
  if (!finish.reason().empty()) progress.note("ended early: " + finish.reason());
  const int exit_code = options.restart && !finish.reason().empty() ? exit_unfinished : 0;
  if (rank != 0) return exit_code;
  char line[80];
  std::snprintf(line, sizeof line, "%.1f MB in %.1f s",
                1e-6 * static_cast<double>(std::filesystem::file_size(options.output)), MPI_Wtime() - start);
  progress.note("wrote " + options.output + ": " + line);
  return exit_code;
}

/// An error that all ranks have: rank 0 says it once, all end with this exit code.
int fail(int rank, const std::string& message) {
  if (rank == 0) std::fprintf(stderr, "heat3d: %s\n", message.c_str());
  return 1;
}

/// Runs with Kokkos, and turns errors into exit codes.
int run_with_kokkos(const heat3d::CommandLine& command_line, char* program, int rank) {
  std::vector<std::string> arguments = command_line.kokkos;
  std::vector<char*> argv{program};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  int argc = static_cast<int>(argv.size());
  argv.push_back(nullptr);
  const Kokkos::ScopeGuard kokkos(argc, argv.data());
  try {
    return run(*command_line.options, rank);
  } catch (const tessera::Error& error) {
    const bool exists = error.code() == tessera::ErrorCode::file_exists;
    return fail(rank, std::string(error.what()) + (exists ? " (here: --overwrite, --restart)" : ""));
  } catch (const heat3d::NotConverged& error) {
    return fail(rank, error.what());
  } catch (const std::invalid_argument& error) {
    return fail(rank, error.what());
  } catch (const std::exception& error) {
    // An error of one rank alone, of which the others know nothing: they would wait for it forever.
    std::fprintf(stderr, "heat3d: rank %d: %s\n", rank, error.what());
    MPI_Abort(MPI_COMM_WORLD, 1);
    return 1;
  }
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  const heat3d::CommandLine command_line = heat3d::parse_command_line(argc, argv);
  int exit_code = command_line.exit_code;
  if (command_line.options) {
    exit_code = run_with_kokkos(command_line, argv[0], rank);
  } else if (rank == 0) {
    std::fputs(command_line.message.c_str(), exit_code == 0 ? stdout : stderr);
  }
  MPI_Finalize();
  return exit_code;
}
