#pragma once

#include <functional>

namespace tessera::tools {

/// Does the work and returns what it returns, an exit code; what it throws is told as one line on standard error,
/// "tessera: ...", and becomes one.
int told(const std::function<int()>& work) noexcept;

}  // namespace tessera::tools
