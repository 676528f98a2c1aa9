#pragma once

#include "tools/common/program.hpp"

namespace tessera::tools {

void add_ls(Program& program);

}  // namespace tessera::tools
