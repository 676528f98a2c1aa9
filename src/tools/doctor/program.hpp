#pragma once

#include <optional>
#include <string>
#include <vector>

namespace tessera::doctor {

/// Runs a program of the system and returns what it prints on its standard output; nothing where it is not installed,
/// or takes longer than 10 seconds. Its exit code does not matter: quota(1) says by it that a limit is reached.
std::optional<std::string> output_of(const std::vector<std::string>& command);

}  // namespace tessera::doctor
