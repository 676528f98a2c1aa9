#pragma once

#include <string>

#include "tools/common/terminal.hpp"
#include "tools/plot/slice.hpp"

namespace tessera::tools {

/// A slice in a terminal, y upwards: two cells a character in colours (Unicode's half blocks), else a character of
/// " .:-=+*#%@" for each; a line as stars. Below stand the axes and the range.
std::string blocks_text(const Slice& slice, const ValueRange& range, const Terminal& terminal);

}  // namespace tessera::tools
