#include <cstdlib>

#include <tessera/error.hpp>

#include "finish/deadline.hpp"
#include "finish/pace.hpp"
#include "tools/doctor/checks.hpp"
#include "tools/doctor/text.hpp"

namespace tessera::doctor {

Finding check_time_limit() {
  constexpr const char* name = "time limit";
  try {
    const auto deadline = finish::find_deadline(
        {}, [](const char* variable) { return std::getenv(variable); }, finish::process_start());
    if (deadline) {
      const double left = std::chrono::duration<double>(deadline->when - std::chrono::system_clock::now()).count();
      if (left > 0) return {Status::ok, name, finish::seconds_text(left) + " left (" + deadline->source + ")"};
      return {Status::warning, name,
              "it is over (" + deadline->source + "): tessera::Finish will end the program at once",
              "correct the variable, or unset it"};
    }
  } catch (const Error& error) {
    return {Status::error, name, error.what(), "tessera::Finish will refuse it as well"};
  }
  const bool in_a_job =
      !environment("SLURM_JOB_ID").empty() || !environment("PBS_JOBID").empty() || !environment("LSB_JOBID").empty();
  if (!in_a_job) return {Status::ok, name, "none: not in a job"};
  return {Status::warning, name, "the batch system does not tell when this job ends",
          "export TESSERA_DEADLINE, in seconds since 1970, as the scripts in jobscripts/ do"};
}

}  // namespace tessera::doctor
