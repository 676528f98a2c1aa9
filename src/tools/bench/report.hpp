#pragma once

#include <string>

#include "tools/bench/results.hpp"
#include "tools/common/json.hpp"

namespace tessera::tools {

std::string bench_text(const BenchResults& results);
Json bench_json(const BenchResults& results);

}  // namespace tessera::tools
