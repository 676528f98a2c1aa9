#pragma once

#include "tools/common/program.hpp"

namespace tessera::tools {

/// The verb verify.
void add_verify(Program& program);

}  // namespace tessera::tools
