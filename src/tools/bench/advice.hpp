#pragma once

#include <string>
#include <vector>

#include "tools/bench/results.hpp"

namespace tessera::tools {

/// What the results mean for a job with as many ranks and such steps: a sentence each.
std::vector<std::string> advice(const BenchResults& results);

}  // namespace tessera::tools
