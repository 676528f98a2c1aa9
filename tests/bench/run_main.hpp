#pragma once

#include <mpi.h>
#include <CLI/CLI.hpp>

namespace bench {

/// Puts those of --edge, --steps, --level and --directory on the command line that `setting` has.
template <class Setting>
void add_common_options(CLI::App& app, Setting& setting, int least_steps = 1) {
  if constexpr (requires { setting.edge; }) app.add_option("--edge", setting.edge, "cells along each axis");
  app.add_option("--steps", setting.steps, "how many, each a commit")->check(CLI::Range(least_steps, 1000000));
  if constexpr (requires { setting.level; }) app.add_option("--level", setting.level, "of compression");
  app.add_option("--directory", setting.directory, "where to write");
}

/// main() of a measurement with MPI.
/// \param options puts them on the command line: options(app)
/// \param measure runs when they are read
template <class Options, class Measure>
int run_main(int argc, char** argv, const char* description, Options&& options, Measure&& measure) {
  MPI_Init(&argc, &argv);
  CLI::App app(description);
  options(app);
  int code = 0;
  try {
    app.parse(argc, argv);
    measure();
  } catch (const CLI::ParseError& error) {
    code = app.exit(error);
  }
  MPI_Finalize();
  return code;
}

}  // namespace bench
