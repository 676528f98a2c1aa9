#pragma once

#include <mpi.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "program.hpp"

namespace fuzz {

/// What became of a program on one rank.
struct Outcome {
  /// Of every collective call, in order: "ok", or the error's code and text.
  std::vector<std::string> events;
  bool closed = false;
  /// Committed times by run, and the fields that were made: what the file has to hold.
  std::map<std::string, std::vector<double>> times;
  std::vector<Call> fields;
  std::vector<Call> runs;
  std::vector<Call> meshes;  ///< and refinements
  /// Of each run the numbers of steps in which a field without a fill value was put on the time axis of some steps.
  std::map<std::string, std::vector<std::int64_t>> rare;
  /// The same of those in which a field on a refinement was put.
  std::map<std::string, std::vector<std::int64_t>> refined;
};

/// Runs a rank's program on a new file. Collective in what it should be.
Outcome run_program(MPI_Comm comm, const std::string& path, const Program& program, tessera::Engine engine);

/// The same on the file that a program left, which all ranks have closed.
Outcome continue_program(MPI_Comm comm, const std::string& path, const Program& program, Outcome before);

}  // namespace fuzz
