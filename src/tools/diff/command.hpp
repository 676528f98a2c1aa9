#pragma once

#include "tools/common/program.hpp"

namespace tessera::tools {

/// The verb diff.
void add_diff(Program& program);

}  // namespace tessera::tools
