/// \file
/// The program `tessera`: tools around the library, one subcommand each.

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <string>

#include <tessera/config.hpp>

#include "comm/broadcast.hpp"
#include "comm/mpi_environment.hpp"
#include "comm/mpi_library.hpp"
#include "hdf5/hdf5_library.hpp"
#include "tools/doctor/doctor.hpp"
#include "tools/doctor/report.hpp"

namespace {

/// Exit codes besides 0, 1 and 2, which say what the doctor found; EX_USAGE and EX_SOFTWARE of sysexits.h.
constexpr int wrong_command_line = 64;
constexpr int failed = 70;

struct DoctorOptions {
  std::string directory = ".";
  std::uint64_t need = 0;
  bool json = false;
  bool no_mpi = false;
};

std::string version_text() {
  const auto mpi = tessera::comm::built_mpi();
  const auto hdf5 = tessera::hdf5::hdf5_library();
  return "tessera " TESSERA_VERSION_STRING " (" + mpi.name + " " + to_string(mpi.version) + ", HDF5 " +
         to_string(hdf5.built) + (hdf5.parallel ? " parallel" : " serial") + ")";
}

void add_doctor(CLI::App& app, DoctorOptions& options) {
  CLI::App* doctor = app.add_subcommand("doctor", "Check before a job what breaks jobs: libraries, directory, limits");
  doctor->add_option("DIRECTORY", options.directory, "Where the job will write (the current directory)");
  doctor->add_option("--need", options.need, "Bytes that it will write: 500G, 2T")
      ->transform(CLI::AsSizeValue(false))
      ->type_name("SIZE");
  doctor->add_flag("--json", options.json, "Print one JSON object");
  doctor->add_flag("--no-mpi", options.no_mpi, "Do not start MPI, for login nodes where that fails");
  doctor->footer(
      "Exit code: 0 all is well, 1 there are warnings, 2 there are errors.\n"
      "Under mpiexec or srun it looks at all ranks and nodes.");
}

int print(const std::vector<tessera::doctor::Finding>& findings, const tessera::doctor::Target& target, bool json) {
  using namespace tessera::doctor;
  const std::string text = json ? report_json(findings, target) : report_text(findings, target);
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
  return static_cast<int>(worst(findings));
}

/// All ranks end with rank 0's exit code.
int run_doctor(const DoctorOptions& options, int argc, char** argv) {
  tessera::doctor::Target target{options.directory, {}, 1, 1};
  if (options.need > 0) target.need = options.need;
  if (options.no_mpi) return print(tessera::doctor::examine_alone(target), target, options.json);
  const tessera::comm::MpiEnvironment environment(argc, argv);
  const tessera::comm::Communicator comm(environment.world(), "tessera doctor");
  const auto findings = tessera::doctor::examine(environment, comm, target);
  int code = 0;
  if (comm.rank() == 0) code = print(findings, target, options.json);
  return static_cast<int>(tessera::comm::broadcast(comm, 0, static_cast<std::uint64_t>(code)));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Tools around Tessera, parallel compressed HDF5 output for simulations", "tessera");
  app.set_version_flag("--version", version_text);
  app.require_subcommand(1);
  DoctorOptions options;
  add_doctor(app, options);
  try {
    app.parse(argc, argv);
    return run_doctor(options, argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : wrong_command_line;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tessera: %s\n", error.what());
    return failed;
  }
}
