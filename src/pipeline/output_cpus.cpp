#include "pipeline/output_cpus.hpp"

#include <cstdlib>
#include <string>

#include <tessera/error.hpp>

#include "base/text.hpp"

namespace tessera::pipeline {

std::optional<CpuSet> output_cpus() {
  const char* value = std::getenv("TESSERA_OUTPUT_CPUS");
  if (value == nullptr || *value == '\0') return std::nullopt;
  const std::string what = "the environment variable TESSERA_OUTPUT_CPUS is " + in_quotes(value);
  const std::optional<CpuSet> cpus = cpus_of(value);
  if (!cpus) throw Error(ErrorCode::invalid_argument, what + "; it can be numbers of processors, as in \"4-7,12\"");
  const CpuSet before = allowed_cpus();
  const bool may_use = run_on(*cpus);
  run_on(before);
  if (may_use) return cpus;
  throw Error(ErrorCode::invalid_argument,
              what + ", but this process may use none of these processors; ask the batch system for them, or unset it");
}

}  // namespace tessera::pipeline
