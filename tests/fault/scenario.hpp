#pragma once

#include <mpi.h>

#include <string>
#include <vector>

#include <tessera/tessera.hpp>

#include "fault.hpp"

namespace tessera::fault {

struct Setup {
  std::string file;
  Options options;
  Injector* injector = nullptr;
  double limit = 15;       ///< seconds that a call may take
  bool goes_on = false;    ///< with a file that make_beginning() made: Options::open is append
  bool in_flight = false;  ///< commits do not wait, and the call that does reports what failed
  bool has_kinds = false;  ///< the run has members of every kind (kinds.hpp)
  bool reads = false;      ///< that file, instead: a close that fails does no harm
};

/// What came of one run; the same on every rank.
struct Outcome {
  int steps = 0;   ///< committed ones
  int errors = 0;  ///< calls that threw
  std::string first_error;
  std::string last_error;
  bool fired = false;        ///< the fault, on some rank
  bool last_failed = false;  ///< close() threw
  bool in_close = false;     ///< the fault came in close(), when all was in the file
  bool in_doubt = false;     ///< an error said that the file may hold the step or not
  std::vector<std::pair<std::string, int>>
      snapshots;                           ///< copies of the file after an error, and their steps or no_writer
  std::vector<std::string> disagreements;  ///< ranks threw different errors
  std::vector<std::string> losses;         ///< the writer did not go on as it should
  std::vector<std::string> hangs;          ///< calls beyond the limit
  std::vector<Counts> counts;              ///< by rank
};

const Index grid_points{8, 5, 4};  ///< check_faults.py knows them
constexpr int all_steps = 3;
constexpr int no_writer = -1;
constexpr int steps_before = 2;  ///< of the file that is continued
constexpr int steps_kept = 1;    ///< of these

/// Writes a file of three steps with `fault` (nothing: none). Collective. check_faults.py knows every value.
/// Where the file is continued, the last step that it has is dropped and written again.
Outcome run(const Setup& setup, const Fault* fault, Policy policy);

/// Writes the file to continue: `steps_before` steps, and another run that nobody asks for. Collective.
/// \throws std::runtime_error when that fails
void make_beginning(const Setup& setup);

/// Reads that file whole with `fault`, and once more what failed. Collective.
Outcome run_reading(const Setup& setup, const Fault* fault);

}  // namespace tessera::fault
