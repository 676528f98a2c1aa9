#pragma once

#include <mpi.h>

#include <stdexcept>
#include <string>

#include <tessera/tessera.hpp>

#include "options.hpp"
#include "progress.hpp"

/// \file
/// One simulation and its output: the place to see how a solver and Tessera meet.

namespace heat3d {

/// Runs one simulation and writes it as the run `name`. Collective.
///
/// The file gets the group `/<name>` with the parameters as attributes and, for every output, temperature
/// (time, z, y, x) in K, heat_flux (time, z, y, x, 3) in W m-2, and the series energy, cg_iterations and cg_residual.
/// Ends early, with a last output, when `finish` says so.
/// \throws tessera::Error, std::invalid_argument (too many ranks), NotConverged; each on all ranks alike
void simulate(tessera::Writer& out, const std::string& name, const SimulationOptions& simulation,
              const Options& options, MPI_Comm communicator, tessera::Finish& finish, Progress& progress);

/// The linear solver gave up.
struct NotConverged : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace heat3d
