#include "options.hpp"

#include <CLI/CLI.hpp>

#include <cstddef>
#include <sstream>
#include <string_view>

namespace heat3d {

namespace {

constexpr const char* description =
    "Transient heat conduction in a steel cube with a brass rod: trilinear finite elements, implicit Euler.\n"
    "Every resolution is a simulation of its own, simulation_1, simulation_2, ..., and all go into one HDF5 file.\n"
    "Without options: 100 points per axis with steps of 0.01 s, then 200 points with 0.005 s.";
constexpr const char* footer =
    "\nSIGTERM, SIGUSR1 or the job's time limit end it after a last output.\n"
    "Options that begin with --kokkos- are handed to Kokkos.\n"
    "Example: mpiexec -n 4 heat3d --resolution 50 --time-step 0.02 --steps 20 --every 5 --output small.h5";

/// The lists as simulations. \throws CLI::ValidationError when they do not fit
std::vector<SimulationOptions> pair_up(const std::vector<int>& resolutions, const std::vector<double>& time_steps) {
  if (!time_steps.empty() && time_steps.size() != resolutions.size()) {
    throw CLI::ValidationError("--time-step", "there are " + std::to_string(resolutions.size()) + " resolutions but " +
                                                  std::to_string(time_steps.size()) + " time steps; give one for each");
  }
  std::vector<SimulationOptions> result;
  for (std::size_t n = 0; n < resolutions.size(); ++n) {
    result.push_back({resolutions[n], time_steps.empty() ? 1.0 / resolutions[n] : time_steps[n]});
  }
  return result;
}

void add_options(CLI::App& app, Options& options, std::vector<int>& resolutions, std::vector<double>& time_steps) {
  app.option_defaults()->always_capture_default();
  app.add_option("-r,--resolution", resolutions, "Points per axis, one number per simulation")
      ->check(CLI::Range(3, 20000))
      ->type_name("N");
  app.add_option("-t,--time-step", time_steps, "Time step in s, one per simulation")
      ->check(CLI::PositiveNumber)
      ->type_name("S")
      ->default_str("1/resolution");
  app.add_option("-n,--steps", options.steps, "Time steps of every simulation")->check(CLI::NonNegativeNumber);
  app.add_option("-e,--every", options.every, "Time steps from one output to the next")->check(CLI::PositiveNumber);
  app.add_option("--tolerance", options.tolerance, "Relative tolerance of the linear solver")
      ->check(CLI::Range(1e-14, 0.5));
  app.add_option("-o,--output", options.output, "The file to write")->type_name("FILE");
  app.add_option("-l,--level", options.level, "Level of compression: 1 fast ... 9 small, 0 none")
      ->check(CLI::Range(0, 9));
  app.add_flag("--float", options.single, "Store fields in single precision");
  app.add_flag("--paraview", options.paraview, "Keep small files beside the file that ParaView opens: .vtkhdf, .xmf");
  app.add_flag("--async", options.async, "Compute on while an output is compressed and written");
  app.add_option("--margin", options.margin, "Seconds to keep between the last step and the job's time limit")
      ->check(CLI::NonNegativeNumber)
      ->type_name("S");
  const auto* overwrite = app.add_flag("--overwrite", options.overwrite, "Replace the file if it is there already");
  app.add_flag("--restart", options.restart,
               "Continue the file if it is there already, from its last step; exit code 75 when ended early again")
      ->excludes("--float")
      ->excludes(const_cast<CLI::Option*>(overwrite));
}

}  // namespace

CommandLine parse_command_line(int argc, const char* const* argv) {
  CommandLine result;
  std::vector<const char*> own;
  for (int n = 0; n < argc; ++n) {
    if (std::string_view(argv[n]).substr(0, 8) == "--kokkos") {
      result.kokkos.emplace_back(argv[n]);
    } else {
      own.push_back(argv[n]);
    }
  }
  Options options;
  std::vector<int> resolutions{100, 200};
  std::vector<double> time_steps;
  CLI::App app(description, "heat3d");
  app.footer(footer);
  add_options(app, options, resolutions, time_steps);
  try {
    app.parse(static_cast<int>(own.size()), own.data());
    options.simulations = pair_up(resolutions, time_steps);
    result.options = options;
  } catch (const CLI::CallForHelp&) {
    result.message = app.help();
  } catch (const CLI::ParseError& error) {
    result.message = std::string("heat3d: ") + error.what() + " (heat3d --help lists the options)\n";
    result.exit_code = 2;
  }
  return result;
}

}  // namespace heat3d
