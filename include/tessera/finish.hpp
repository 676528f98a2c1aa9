#pragma once

#include <tessera/requirements.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <tessera/error.hpp>
#include <tessera/mpi.hpp>

/// \file
/// Finish: tells a simulation in time to commit its last step, because a signal came or the job's time ends.
///
///     tessera::Finish finish(MPI_COMM_WORLD, {.signals = {SIGTERM, SIGUSR1}});
///     for (int n = 0; n < steps && !finish.should_finish(); ++n) {
///       advance();
///       commit(n);
///     }
///     out.close();
///
/// Needs no Writer. Which batch system sends what, and which variables are read: jobscripts/README.md.

namespace tessera {

namespace detail {
class FinishState;
}

/// Options of a Finish.
struct FinishOptions {
  /// Signals that ask for an end, for example {SIGTERM, SIGUSR1}. Empty: no handler is installed. While a Finish
  /// watches a signal, it does not kill the process; a handler that was there before is called after Tessera's own.
  std::vector<int> signals = {};
  /// Time to keep between the end of the last step and the deadline, for what is not measured: close(), a restart file,
  /// the batch system's own delay. Not negative.
  std::chrono::duration<double> margin = std::chrono::seconds(60);
  /// When the job's time ends. The environment variable TESSERA_DEADLINE (seconds since 1970) takes precedence.
  std::optional<std::chrono::system_clock::time_point> deadline = {};
  /// Where no deadline is given, take the batch system's: SLURM_JOB_END_TIME (SLURM 23.02 and newer), or PBS_WALLTIME
  /// (Torque) counted from the start of this process.
  bool ask_batch_system = true;
};

/// Watches signals and the clock for all ranks of a communicator.
///
/// Threads: used by one thread at a time, one that may call MPI. Signals may arrive on any thread, at any time.
/// Several may exist at once, also for the same signals.
class Finish {
 public:
  /// Installs handlers for the signals named, on every rank. Collective over `communicator`, which is duplicated.
  /// Signals and margin are the same on every rank; deadlines may differ, the earliest counts.
  ///
  /// \throws Error invalid_argument for a signal that cannot be caught or that a program must not survive, for a
  ///         negative margin, and for an environment variable that does not hold a time; ranks_disagree,
  ///         not_initialized
  explicit Finish(MPI_Comm communicator, FinishOptions options = {});
  Finish(const Finish&) = delete;
  Finish& operator=(const Finish&) = delete;
  /// Restores the previous handlers. Local. Ranks that still call should_finish() get an error instead of waiting for
  /// this one; telling them takes a few seconds at most.
  ~Finish();

  /// True when the next step should not be started: what is not yet committed should be committed now. Collective; the
  /// same answer on every rank, and once true, always true. Call it once per step: the longest time between two calls
  /// is taken for the time of a step.
  ///
  /// True when a signal came to any rank, or when on any rank the time left is less than the longest step so far, the
  /// longest commit of a Writer so far, and the margin together. Costs one reduction of a few words.
  ///
  /// \throws Error ranks_disagree, abandoned when another rank destroyed its Finish, mpi
  bool should_finish();

  /// Why should_finish() is true: "SIGTERM on rank 2", "walltime: 55 s left, a step takes 20 s". The same text on
  /// every rank; empty before. Local.
  const std::string& reason() const noexcept;

  /// Time until the deadline as this rank knows it, negative after it; nothing where there is none. Local.
  std::optional<std::chrono::duration<double>> time_left() const;

  /// One line for the log: which signals are watched, and which deadline, from where, as this rank knows it. Local.
  std::string explain() const;

 private:
  std::unique_ptr<detail::FinishState> state_;
};

}  // namespace tessera
