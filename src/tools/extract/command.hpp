#pragma once

#include "tools/common/program.hpp"

namespace tessera::tools {

/// The verb extract.
void add_extract(Program& program);

}  // namespace tessera::tools
