#include "tools/doctor/command.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "comm/broadcast.hpp"
#include "comm/mpi_environment.hpp"
#include "tools/common/json.hpp"
#include "tools/doctor/doctor.hpp"
#include "tools/doctor/report.hpp"

namespace tessera::tools {

namespace {

struct DoctorOptions {
  std::string directory = ".";
  std::uint64_t need = 0;
  bool json = false;
  bool no_mpi = false;
};

int print_report(const std::vector<doctor::Finding>& findings, const doctor::Target& target, bool json) {
  print(json ? report_json(findings, target) : report_text(findings, target));
  return static_cast<int>(worst(findings));
}

/// All ranks end with rank 0's exit code.
int run_doctor(Program& program, const DoctorOptions& options) {
  doctor::Target target{options.directory, {}, 1, 1};
  if (options.need > 0) target.need = options.need;
  if (options.no_mpi) return print_report(doctor::examine_alone(target), target, options.json);
  const comm::MpiEnvironment environment(program.argc(), program.argv());
  const comm::Communicator comm(environment.world(), "tessera doctor");
  const auto findings = doctor::examine(environment, comm, target);
  int code = 0;
  if (comm.rank() == 0) code = print_report(findings, target, options.json);
  return static_cast<int>(comm::broadcast(comm, 0, static_cast<std::uint64_t>(code)));
}

}  // namespace

void add_doctor(Program& program) {
  const auto options = std::make_shared<DoctorOptions>();
  CLI::App* verb = program.add_verb("doctor", "Check before a job what breaks jobs: libraries, directory, limits",
                                    [&program, options] { return run_doctor(program, *options); });
  verb->add_option("DIRECTORY", options->directory, "Where the job will write (the current directory)");
  verb->add_option("--need", options->need, "Bytes that it will write: 500G, 2T")
      ->transform(CLI::AsSizeValue(false))
      ->type_name("SIZE");
  verb->add_flag("--json", options->json, "Print one JSON object");
  verb->add_flag("--no-mpi", options->no_mpi, "Do not start MPI, for login nodes where that fails");
  verb->footer(
      "Exit code: 0 all is well, 1 there are warnings, 2 there are errors.\n"
      "Under mpiexec or srun it looks at all ranks and nodes.");
}

}  // namespace tessera::tools
