#pragma once

#include <optional>

#include "base/affinity.hpp"

namespace tessera::pipeline {

/// Where threads that work behind the simulation run: what TESSERA_OUTPUT_CPUS names, as "4-7,12"; nothing where it is
/// not set: where the rank does. Local. \throws Error invalid_argument: it names none, or none that this process may
/// use
std::optional<CpuSet> output_cpus();

}  // namespace tessera::pipeline
