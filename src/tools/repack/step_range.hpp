#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace tessera::tools {

/// Begin and end of "a:b", "a:", ":b", "a" among so many steps; negative numbers count from the end.
/// \throws Error invalid_argument where it is none, or has no step
std::pair<std::uint64_t, std::uint64_t> step_range(const std::string& text, std::int64_t steps);

}  // namespace tessera::tools
