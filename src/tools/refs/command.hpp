#pragma once

#include "tools/common/program.hpp"

namespace tessera::tools {

/// The verb refs.
void add_refs(Program& program);

}  // namespace tessera::tools
