#pragma once

#include <cstdint>
#include <string>

namespace tessera::doctor {

/// "1.5 GiB", "64 KiB", "12 bytes"
std::string bytes_text(std::uint64_t bytes);

/// "1 rank", "4 ranks"
std::string count_text(std::int64_t count, const std::string& thing);

/// The value of an environment variable; empty where it is not set.
std::string environment(const char* name);

}  // namespace tessera::doctor
