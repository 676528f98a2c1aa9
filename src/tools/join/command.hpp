#pragma once

#include "tools/common/program.hpp"

namespace tessera::tools {

/// The verb `join`.
void add_join(Program& program);

}  // namespace tessera::tools
