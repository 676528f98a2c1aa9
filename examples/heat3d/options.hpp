#pragma once

#include <optional>
#include <string>
#include <vector>

/// \file
/// The command line.

namespace heat3d {

/// What one simulation is run with.
struct SimulationOptions {
  int resolution = 100;     ///< points per axis
  double time_step = 0.01;  ///< s
};

/// What the program is run with.
struct Options {
  std::vector<SimulationOptions> simulations;
  int steps = 4;            ///< time steps of every simulation
  int every = 1;            ///< time steps from one output to the next; the initial state is always written
  double tolerance = 1e-6;  ///< of the linear solver
  std::string output = "heat3d.h5";
  int level = 4;          ///< of deflate, 0: no compression
  bool single = false;    ///< store float instead of double
  bool paraview = false;  ///< keep side files for ParaView beside the file
  bool async = false;     ///< outputs are written behind the time loop
  bool overwrite = false;
  bool restart = false;  ///< continue the file, where there is one
  double margin = 60;    ///< s to keep until the job's time limit, after the last step
};

/// The options, or, where the program should end at once (an error, --help), what to print and the exit code.
struct CommandLine {
  std::optional<Options> options;
  std::string message;
  int exit_code = 0;
  std::vector<std::string> kokkos;  ///< arguments that begin with --kokkos, for Kokkos::initialize
};

/// Understands the arguments. Prints nothing, and does the same on every rank.
CommandLine parse_command_line(int argc, const char* const* argv);

}  // namespace heat3d
