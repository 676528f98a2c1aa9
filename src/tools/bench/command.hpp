#pragma once

#include "tools/common/program.hpp"

namespace tessera::tools {

void add_bench(Program& program);

}  // namespace tessera::tools
