#pragma once

#include <mpi.h>
#include <CLI/CLI.hpp>

namespace bench {

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
