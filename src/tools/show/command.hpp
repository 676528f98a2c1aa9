#pragma once

#include "tools/common/program.hpp"

namespace tessera::tools {

void add_show(Program& program);

}  // namespace tessera::tools
