#pragma once

#include <string>
#include <string_view>

namespace tessera {

/// A text as JSON has it (RFC 8259), in quotes. Where it is no UTF-8, as a path may be, "?" stands for a byte.
std::string json_string(std::string_view text);

}  // namespace tessera
