#pragma once

#include "tools/common/program.hpp"

namespace tessera::tools {

void add_tail(Program& program);

}  // namespace tessera::tools
