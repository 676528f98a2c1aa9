#pragma once

#include "tools/common/program.hpp"

namespace tessera::tools {

void add_plot(Program& program);

}  // namespace tessera::tools
