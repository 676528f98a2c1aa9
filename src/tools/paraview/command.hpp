#pragma once

#include "tools/common/program.hpp"

namespace tessera::tools {

void add_paraview(Program& program);

}  // namespace tessera::tools
