#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include <tessera/finish.hpp>

namespace tessera::finish {

/// The value of an environment variable; nothing where it is not set. Tests give their own.
using Environment = std::function<const char*(const char* name)>;

/// When the job's time ends, and who says so.
struct Deadline {
  std::chrono::system_clock::time_point when;
  std::string source;  ///< "TESSERA_DEADLINE", "FinishOptions::deadline", "SLURM_JOB_END_TIME", "PBS_WALLTIME"
};

/// The first that there is of: TESSERA_DEADLINE; the option; SLURM_JOB_END_TIME; `process_start` plus PBS_WALLTIME.
///
/// SLURM_JOB_END_TIME, seconds since 1970: SLURM 23.02 and newer (its change log; man sbatch). It keeps the time that
/// the job began with when the limit is changed later. PBS_WALLTIME, seconds: Torque (resmom/start_exec.c); PBS Pro,
/// OpenPBS and LSF set no such variable, so job scripts set TESSERA_DEADLINE.
/// \throws Error invalid_argument for a variable that is no number
std::optional<Deadline> find_deadline(const FinishOptions& options, const Environment& environment,
                                      std::chrono::system_clock::time_point process_start);

/// When this process was started, to a hundredth of a second; where /proc does not tell, now.
std::chrono::system_clock::time_point process_start();

}  // namespace tessera::finish
