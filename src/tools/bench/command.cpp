#include "tools/bench/command.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <memory>

#include <tessera/error.hpp>

#include "comm/communicator.hpp"
#include "comm/mpi_environment.hpp"
#include "tools/bench/measure.hpp"
#include "tools/bench/report.hpp"
#include "tools/common/exit_code.hpp"
#include "tools/common/json.hpp"
#include "tools/common/told.hpp"

namespace tessera::tools {

namespace {

/// What the environment would decide over the options (TESSERA_ENGINE) is what is compared here.
void forget_environment() {
  for (const char* name : {"TESSERA_ENGINE", "TESSERA_REPORT"}) ::unsetenv(name);
}

int run_bench(Program& program, const BenchRequest& request) {
  forget_environment();
  const comm::MpiEnvironment environment(program.argc(), program.argv());
  const comm::Communicator comm(environment.world(), "tessera bench");
  return told_together(comm.rank(), [&] {
    const BenchResults results = measure(comm, request);
    if (comm.rank() == 0) print(request.json ? json_text(bench_json(results)) : bench_text(results));
    return good;
  });
}

}  // namespace

void add_bench(Program& program) {
  const auto request = std::make_shared<BenchRequest>();
  CLI::App* verb = program.add_verb("bench", "Measure how fast this machine and file system take steps, and what helps",
                                    [&program, request] { return run_bench(program, *request); });
  verb->add_option("DIRECTORY", request->directory, "Where to write (the current directory); the files go at the end")
      ->check(CLI::ExistingDirectory);
  verb->add_option("--size", request->size, "Bytes of a step, per rank: 16M, 1G (16M)")
      ->transform(CLI::AsSizeValue(false))
      ->type_name("SIZE");
  verb->add_option("--steps", request->steps, "Steps that count, in each file (4)")->check(CLI::Range(1, 1000));
  verb->add_option("--level", request->level, "Of compression; 0: none (4)")->check(CLI::Range(0, 9));
  verb->add_flag("--power-safe", request->power_safe, "Wait for stable storage in each step");
  verb->add_flag("--json", request->json, "Print one JSON object");
  verb->footer(
      "Under mpiexec or srun all ranks write, as those of a job would. Needs as much space as all steps: 7 files of\n"
      "5 steps, unless said otherwise. Larger than the memory of the nodes (--size, --steps), or with --power-safe, "
      "it\n"
      "measures disks, else the page cache.");
}

}  // namespace tessera::tools
