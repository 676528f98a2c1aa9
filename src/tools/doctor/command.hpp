#pragma once

#include "tools/common/program.hpp"

namespace tessera::tools {

void add_doctor(Program& program);

}  // namespace tessera::tools
